"""Undoes an answer entered for somebody: by the link in the mail to them, whether they can sign in or not."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers import options as answers_options
from govnet.decisions.blueprint import bp
from govnet.kernel.actor import Door
from govnet.people.persons import names
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page


@bp.route("/<network:network>/proposals/entered/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def entered(network: Network, token: str) -> Response:
    """Shows the entered answer, with the button to undo it; pressed twice, it leads to the page that says so."""
    form = Form()

    def do() -> None:
        entry, by = answers_entry.held(token, network)
        answers_entry.undo(entry.id, by=by, via=Door.MAIL)

    address = url_for(".entered", token=token)
    return form_view(form, do, address, lambda status: _page(network, token, form, status))


def _page(network: Network, token: str, form: Form, status: int) -> Response:
    never_cached()
    entry, by = answers_entry.held(token, network)
    version, given = queries.version_whole(entry.version_id), queries.answer_of(entry.id)
    mine = given is not None and given.entered_by_id is not None and given.cast_by_id == by.person_id
    shown = given if mine else None
    options = (
        answers_options.of_version(version, queries.rule_of(version)) if shown and shown.choices else None
    )
    return page(
        "decisions/answers/entered.html",
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
