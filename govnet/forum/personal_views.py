"""What one has written, in one list, and taking it all back."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.forum import personal
from govnet.forum.blueprint import bp
from govnet.forum.forms import PROMISE, TakeBackForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.paths import asked_page
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.pages import page, see


@bp.route("/me/posts", methods=["GET", "POST"])
@allows(Can.OWN)
def mine() -> Response:
    """One's own posts, the newest first, and the form that takes their texts away."""
    actor, form = current_actor(), TakeBackForm()
    if form.validate_on_submit():
        with form.catching(), transaction():
            number = personal.take_posts_back(by=actor, via=Door.WEB)
            words = ngettext("%(num)s post was taken back.", "%(num)s posts were taken back.", number)
            flash(words, "success")
            return see(".mine")
    number = asked_page()
    rows, older = personal.posts_of(actor.person_id or 0, number)
    return page("forum/mine.html", 422 if form.errors else 200, rows=rows, older=older, number=number, form=form,
                word=_(PROMISE), total=personal.written(actor.person_id or 0))  # fmt: skip
