"""A draft to start from: what happened since the last announcement, read from the record and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from govnet.announcements.models import Announcement
from govnet.announcements.queries import last_sent_at
from govnet.charter.events import CharterChanged
from govnet.charter.models import Network
from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite.events import ElsewhereTold
from govnet.decisions.proposals.events import ProposalDecided
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel.clock import now
from govnet.kernel.text import fitting
from govnet.mail.page_addresses import site
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Organisation
from govnet.record import registry
from govnet.record.events import Visibility
from govnet.record.models import Entry
from govnet.record.queries import details, number_at
from govnet.web.pages import instant_text, weekday_date

LOOK_BACK = timedelta(days=30)
"""How far back where there was no announcement yet."""
DECIDED = ProposalDecided.verb
ELSEWHERE = ElsewhereTold.verb
CHANGED = CharterChanged.verb
OFFICES = (
    "offices.term_granted",
    "offices.term_cut_short",
    "offices.term_ended",
    "offices.mandate_granted",
    "offices.mandate_cut_short",
    "offices.mandate_ended",
    "offices.report_filed",
)
_MOST = 40


def since_the_last(network: Network) -> tuple[datetime, str]:
    """From when on, and the Markdown: decided, open now, who came, offices; each with its link."""
    since = last_sent_at(network.id) or max(network.founded_at, now() - LOOK_BACK)
    entries = _entries(network, since)
    parts = [
        _("Dear all,") + "\n\n" + _("here is what happened since we last wrote."),
        *_decided(entries),
        _part(_("Decided elsewhere; it stands unless somebody objects"), _unopposed(network, entries)),
        _part(_("Open now: your answer counts"), list(_open(network))),
        _part(_("Who joined"), list(_joined(network, since))),
        _part(_("Offices"), [_line(e) for e in entries if e.verb in OFFICES]),
    ]
    if not any(parts[1:]):
        parts[0] = _("Dear all,")
    return since, "\n\n".join(part for part in parts if part) + "\n"


def _entries(network: Network, since: datetime) -> Sequence[Entry]:
    query = select(Entry).where(
        Entry.network_id == network.id,
        Entry.number > number_at(network.id, since),
        Entry.visibility == Visibility.PUBLIC,
        Entry.verb.in_((DECIDED, CHANGED, ELSEWHERE, *OFFICES)),
    )
    return db.session.scalars(query.order_by(Entry.number).limit(_MOST)).all()


def _decided(entries: Sequence[Entry]) -> Iterator[str]:
    """The decided, the advised and the refused, each under a heading that is true of it."""
    under: dict[str, list[str]] = {"agreed": [], "advice": [], "not": []}
    for entry in entries:
        if entry.verb == CHANGED:
            under["agreed"].append(_line(entry))
        elif entry.verb == DECIDED:
            outcome = Outcome(details(entry)["outcome"])
            advice = outcome in (Outcome.ADVICE, Outcome.RECOMMENDED)
            under["agreed" if outcome.adopted else "advice" if advice else "not"].append(_line(entry))
    yield _part(_("Decided"), under["agreed"])
    yield _part(_("Advice"), under["advice"])
    yield _part(_("Not agreed"), under["not"])


def _unopposed(network: Network, entries: Sequence[Entry]) -> list[str]:
    """Decisions made elsewhere and recorded here, while somebody can still object."""
    query = select(ProposalVersion.proposal_id).join(Proposal, Proposal.id == ProposalVersion.proposal_id)
    unopposed = ProposalVersion.state == VersionState.UNOPPOSED
    keys = db.session.scalars(query.where(Proposal.network_id == network.id, unopposed))
    open_ones = {f"proposal:{key}" for key in keys}
    return [_line(entry) for entry in entries if entry.verb == ELSEWHERE and entry.subject in open_ones]


def _part(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def _line(entry: Entry) -> str:
    facts = details(entry)
    words = plain(registry.sentence(facts))
    address = registry.address(facts)
    return f"{words} ([{_('more')}]({site()}{address}))" if address else words


def _open(network: Network) -> Iterator[str]:
    query = (
        select(ProposalVersion.question, ProposalVersion.deadline, ProposalVersion.proposal_id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(
            Proposal.network_id == network.id,
            Proposal.body == "all",
            ProposalVersion.state == VersionState.OPEN,
            ProposalVersion.deadline > now(),
        )
    )
    for question, deadline, key in db.session.execute(query.order_by(ProposalVersion.deadline).limit(_MOST)):
        by = _("until %(when)s", when=instant_text(deadline, network.zone))
        address = registry.address({"subject": f"proposal:{key}"})
        answer = f"; [{_('answer')}]({site()}{address})" if address else ""
        yield f"{plain(question)} ({by}{answer})"


def _joined(network: Network, since: datetime) -> Iterator[str]:
    new = (
        Membership.network_id == network.id,
        Membership.state == MembershipState.ACTIVE,
        Membership.confirmed_at > since,
    )
    people = (
        db.session.scalar(
            select(func.count()).select_from(Membership).where(*new, Membership.person_id.is_not(None))
        )
        or 0
    )
    if people:
        yield ngettext("%(num)s person", "%(num)s people", people)
    names = (
        select(Organisation.name).join(Membership, Membership.organisation_id == Organisation.id).where(*new)
    )
    yield from (plain(name) for name in db.session.scalars(names.order_by(Organisation.name).limit(_MOST)))


def plain(words: str) -> str:
    """Words that Markdown takes as they are."""
    for sign in "\\`*_[]<>#":
        words = words.replace(sign, "\\" + sign)
    return words


def correction_of(announcement: Announcement, network: Network, *, most: int) -> str:
    """The subject of a correction, in at most `most` characters."""
    assert announcement.sent_at is not None
    named = _("Correction: %(subject)s", subject=announcement.subject)
    day = weekday_date(announcement.sent_at.astimezone(ZoneInfo(network.zone)).date())
    return fitting(named, _("Correction of our mail of %(day)s", day=day), most=most)


def correcting(announcement: Announcement, network: Network) -> str:
    """The beginning of a correction."""
    assert announcement.sent_at is not None
    day = instant_text(announcement.sent_at, network.zone)
    wrong = _(
        "On %(day)s we wrote to you under the subject “%(subject)s”. This was wrong:",
        day=day,
        subject=plain(announcement.subject),
    )
    return f"{wrong}\n\n> \n\n{_('This is right:')}\n\n"
