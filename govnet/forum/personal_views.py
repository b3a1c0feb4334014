"""One's own posts in one list, and a button that takes all of them back."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from govnet.forum import personal
from govnet.forum.blueprint import bp
from govnet.forum.forms import PROMISE, TakeBackForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import asked_page
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import page


@bp.route("/me/posts", methods=["GET", "POST"])
@allows(Can.OWN)
def mine() -> Response:
    """One's own posts, the newest first, and the form that takes their texts away."""
    actor, form, number = current_actor(), TakeBackForm(), asked_page()
    me = actor.person_id or 0

    def done(number: int) -> str:
        return str(ngettext("%(num)s post was taken back.", "%(num)s posts were taken back.", number))

    def show(status: int) -> Response:
        rows, older = personal.posts_of(me, number)
        return page(
            "forum/mine.html",
            status,
            rows=rows,
            older=older,
            number=number,
            form=form,
            word=_(PROMISE),
            total=personal.written(me),
        )

    return form_view(
        form, lambda: personal.take_posts_back(by=actor, via=Door.WEB), url_for(".mine"), show, done=done
    )
