"""Where anyone who takes office promises to keep the code of conduct, sentence by sentence."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.offices import conduct
from govnet.offices.models import CodePromise
from govnet.permissions import Can, allows
from govnet.web.forms import Form, Ticks
from govnet.web.pages import page, see

bp = Blueprint("promises", __name__)
blueprints = (bp,)


class PromiseForm(Form):
    """Each sentence by itself."""

    agrees = Ticks(_l("I promise"), missing=_l("Tick each sentence that you promise to keep."))


@bp.route("/<network:network>/committee/promises/<int:promise_id>", methods=["GET", "POST"])
@allows(Can.PROMISE_CODE, promise=CodePromise)
def promise(network: Network, promise: CodePromise) -> AnyResponse:
    """The sentences of the code in force, and the button."""
    form = PromiseForm(about=promise)
    code = rules_in_force(network.id)[parameters.CODE_OF_CONDUCT]
    form.agrees.offer(code)
    if form.validate_on_submit():
        with form.catching():
            with transaction():
                conduct.promise(promise, form.agrees.ticked(), by=current_actor(), via=Door.WEB)
            return see("committee.committee" if promise.term_id else "coordinator.coordinator")
    return _promise_page(promise, form)


def _promise_page(promise: CodePromise, form: PromiseForm) -> Response:
    return page("offices/promise.html", 422 if form.errors else 200, form=form, promise=promise)
