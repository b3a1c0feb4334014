"""A new version of an open proposal: the form, the page to check first, and the button that undoes it for ten minutes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.charter.rules import problems
from govnet.decisions import queries
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.pages import rehearsal
from govnet.decisions.pages.forms import RewordForm, more_in
from govnet.decisions.pages.new_proposal_views import check_page
from govnet.decisions.pages.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.pages.option_forms import with_options
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, rules_in, with_rules
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.proposals.opening import Wording, words_of
from govnet.decisions.rules import text_diff
from govnet.decisions.suggestions import rewording
from govnet.decisions.suggestions.actions import taken_into
from govnet.decisions.suggestions.queries import suggestion_to
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import Stale
from govnet.kernel.url_converters import asked_number
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.pages import page


@bp.route("/<network:network>/proposals/<int:proposal_id>/reword", methods=["GET", "POST"])
@allows(Can.REWORD_PROPOSAL, proposal=Proposal)
def reword(network: Network, proposal: Proposal) -> Response:
    """The text to change; the page to check; from there everybody is asked again in ten minutes."""
    form, proposal_id, by = _reword_form(proposal), proposal.id, current_actor()

    def show(status: int) -> Response:
        return _reword_page(queries.proposal_whole(proposal_id), form, status)

    def how() -> dict[str, Any]:
        told = {"because": form.because.data, "seen": form.began_with(), "suggestion": _taken_up(proposal)}
        return told | {"by": by, "via": Door.WEB}

    def ask_again() -> Proposal:
        rewording.ask_again(proposal, _typed(proposal, form, network), **how())
        return proposal

    def first() -> Response | None:
        it = rehearsal.rehearse(ask_again, network, by)
        return None if request.form.get("checked") else check_page(it, _beside(proposal, form))

    def stale(_newer: Stale) -> Response:
        """The typed text, beside the newer one; sending it again says that the newer one was seen."""
        form.seen.data = str(queries.newest_version(proposal_id).number)
        return show(409)

    if request.form.get("change"):
        return show(200)
    return form_view(
        form,
        lambda: rewording.wait(proposal, _typed(proposal, form, network), **how()),
        url_for(".proposal", proposal_id=proposal_id),
        show,
        done=_("Everybody is asked to answer the new version in ten minutes; until then you can undo it."),
        makes=True,
        first=first,
        stale=stale,
    )


def _typed(proposal: Proposal, form: Any, network: Network) -> Wording:
    """The text in the form. RuleBroken for people whom we do not know."""
    version = queries.newest_version(proposal.id)
    rules = asked_rules(queries.changes_of(version))
    return Wording(
        form.question.data,
        form.text.data,
        rules_in(form, rules, queries.charter_of(version)),
        more_in(form),
        form.options.lines_given if "options" in form else (),
        offices_in(form, form.offers, network),
    )


def _beside(proposal: Proposal, form: Any) -> dict[str, Any]:
    """The page's facts beside the new version: the changes and their reason, and the answers that end."""
    version, text = queries.newest_version(proposal.id), form.text.data
    return {
        "difference": text_diff.shown(version.text, text) if text != version.text else (),
        "answers": rewording.earlier_answers(version.id),
        "because": form.because.data,
    }


def _taken_up(proposal: Proposal) -> Suggestion | None:
    """The suggestion in the address, which the new version takes up."""
    key = asked_number("suggestion")
    return suggestion_to(proposal.id, key) if key else None


@bp.post("/<network:network>/proposals/<int:proposal_id>/reword/undo")
@allows(Can.REWORD_PROPOSAL, proposal=Proposal)
def undo_reword(network: Network, proposal: Proposal) -> Response:
    """Ask nobody; the text is in the form again."""
    proposal_id = proposal.id
    return press(
        lambda: rewording.undo(proposal, by=current_actor(), via=Door.WEB),
        url_for(".reword", proposal_id=proposal_id),
        done=_("Undone. Nobody was notified; your text is still here."),
        otherwise=url_for(".proposal", proposal_id=proposal_id),
    )


def _reword_form(proposal: Proposal) -> Any:
    version = queries.newest_version(proposal.id)
    words, because = _begun(proposal, version)
    charter = shown = queries.charter_of(version)
    if not problems(charter, words.changes):
        shown = charter.with_changes(words.changes)
    form_class: type[Any] = with_rules(RewordForm, shown, charter) if words.changes else RewordForm
    form_class, given = with_options(form_class, version)
    network = queries.network_of(proposal)
    offers = asked_offers(network, request.args.getlist("office"), proposal.matter, words.offices)
    form_class = with_offices(form_class, offers)
    given |= {"options": "\n".join(words.options)} if given and words.options else {}
    given |= {"question": words.question, "text": words.text, "seen": str(version.number), "because": because}
    form = form_class(about=proposal, data=given | asdict(words.more))
    form.offers = offers
    return form


def _begun(proposal: Proposal, version: ProposalVersion) -> tuple[Wording, str]:
    """The text to begin with, and why: the open version, a suggestion in it, or a version that nobody was asked."""
    suggestion, kept = _taken_up(proposal), rewording.of_proposal(proposal.id)
    now = words_of(version)
    if suggestion is not None and suggestion.version_id == version.id:
        return replace(now, text=taken_into(version, suggestion)), suggestion.why
    if kept is None or kept.ask_at is not None or kept.seen != version.number:
        return now, ""
    return stored_form.loads(kept.words)[0], kept.because


def _reword_page(proposal: Proposal, form: Any, status: int) -> Response:
    version = queries.newest_version(proposal.id)
    rules = rule_fields(form, asked_rules(queries.changes_of(version)), queries.charter_of(version))
    newer = version if status == 409 else None
    kept = rewording.of_proposal(proposal.id)
    about = {
        "proposal": proposal,
        "version": version,
        "rules": rules,
        "suggestion": asked_number("suggestion"),
        "begun": kept.ended_why if kept and kept.seen == version.number and not form.is_submitted() else "",
    }
    return page("decisions/proposals/reword.html", status, **about, newer=newer, form=form)
