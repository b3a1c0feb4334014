"""Where anyone who takes office promises to keep the code of conduct, sentence by sentence."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.kernel.actor import Door, current_actor
from govnet.offices import conduct
from govnet.offices.models import CodePromise
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.forms import Form, Ticks
from govnet.web.pages import page

bp = Blueprint("promises", __name__)
blueprints = (bp,)


class PromiseForm(Form):
    """Each sentence by itself."""

    agrees = Ticks(_l("I promise"), missing=_l("Tick each sentence that you promise to keep."))


@bp.route("/<network:network>/committee/promises/<int:promise_id>", methods=["GET", "POST"])
@allows(Can.PROMISE_CODE, promise=CodePromise)
def promise(network: Network, promise: CodePromise) -> Response:
    """The sentences of the code in force, and the button."""
    form = PromiseForm(about=promise)
    code = rules_in_force(network.id)[parameters.CODE_OF_CONDUCT]
    form.agrees.offer(code)
    return form_view(
        form,
        lambda: conduct.promise(promise, form.agrees.ticked(), by=current_actor(), via=Door.WEB),
        url_for("committee.committee" if promise.term_id else "coordinator.coordinator"),
        lambda status: page("offices/promise.html", status, form=form, promise=promise),
    )
