"""Undoing an answer that was entered for somebody: by the link in the mail that told them, whether they can sign in or not."""

from __future__ import annotations

from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.answers import entry as answers_entry
from govnet.decisions.answers import options as answers_options
from govnet.decisions.blueprint import bp
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.people.persons import names
from govnet.permissions import Can, allows
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page, see


@bp.get("/<network:network>/proposals/entered/<token>")
@allows(Can.READ)
def entered(network: Network, token: str) -> Response:
    """What was entered, and the button that undoes it. Looking changes nothing."""
    return _page(network, token, Form())


@bp.post("/<network:network>/proposals/entered/<token>")
@allows(Can.READ)
def undo_entered(network: Network, token: str) -> Response:
    """The button. Pressed twice, it leads to the page that says so."""
    form = Form()
    if form.validate_on_submit():
        with form.catching(), transaction():
            entry, by = answers_entry.held(token, network)
            answers_entry.undo(entry.id, by=by, via=Door.MAIL)
        if not form.errors:
            return see(".entered", token=token)
    return _page(network, token, form, 422)


def _page(network: Network, token: str, form: Form, status: int = 200) -> Response:
    never_cached()
    entry, by = answers_entry.held(token, network)
    version, given = queries.version_whole(entry.version_id), queries.position_of(entry.id)
    mine = given is not None and given.entered_by_id is not None and given.cast_by_id == by.person_id
    shown = given if mine else None
    options = (
        answers_options.of_version(version, queries.rule_of(version)) if shown and shown.choices else None
    )
    return page(
        "decisions/entered.html",
        status,
        version=version,
        given=shown,
        chosen=options.each_of(shown) if options and shown else [],
        party=entry.name,
        undone=given is None and answers_entry.was_undone(entry.id),
        taken=actions.is_taken(version),
        by=names([shown.entered_by_id]).get(shown.entered_by_id or 0, "") if shown else "",
        token=token,
        form=form,
    )
