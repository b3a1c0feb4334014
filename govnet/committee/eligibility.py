"""Whether those on the committee are still eligible, by the rules in force: checked, notified, and corrected in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.charter.rules import Charter
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import by_rule
from govnet.kernel.calendar import DAY
from govnet.kernel.duties import each_row, perhaps
from govnet.kernel.statements import another
from govnet.membership.memberships.departure import BELONGS
from govnet.membership.models import Membership
from govnet.offices import events
from govnet.offices.models import Body, Constituency, Seat, Term, TermEnd, Unfit
from govnet.offices.term_ends import end_now
from govnet.people.models import Organisation, Person, Representation
from govnet.record.actions import record


def others_of_organisations(body_id: int, person_id: int, start: date, end: date) -> dict[str, int]:
    """Of each organisation that the person speaks for: how many others sit in the body then and speak for it too."""
    mine, theirs = another(Representation, "mine"), another(Representation, "theirs")
    here = select(Body.network_id).where(Body.id == body_id).scalar_subquery()
    query = (
        select(Organisation.name, func.count(Term.person_id.distinct()))
        .join(mine, mine.organisation_id == Organisation.id)
        .join(theirs, theirs.organisation_id == Organisation.id)
        .join(Term, Term.person_id == theirs.person_id)
        .where(mine.person_id == person_id, mine.end.is_(None), theirs.end.is_(None))
        .where(Term.body_id == body_id, Term.person_id != person_id, Term.start < end, Term.end > start)
        .where(_member(mine.organisation_id, here))
        .group_by(Organisation.id, Organisation.name)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _member(organisation_id: Any, network_id: Any) -> ColumnElement[bool]:
    whose = (Membership.organisation_id == organisation_id, Membership.network_id == network_id)
    return exists().where(*whose, Membership.state.in_(BELONGS))


def look() -> int:
    """Notify once of people who are no longer eligible or are again, and empty the places whose time is up; how many."""
    settled = each_row("see who fits their place", Term, _changed, _settle)
    return settled + each_row("end offices of those who do not fit", Term, _overdue, _end)


def _changed(*only: ColumnElement[bool]) -> list[int]:
    found, marked = _found(*only), _marked(*only)
    return sorted(key for key in found.keys() | marked.keys() if found.get(key) is not marked.get(key))


def _current() -> tuple[ColumnElement[bool], ...]:
    return (Term.end_recorded_at.is_(None), Term.ended_why.is_(None), Term.start <= clock.now().date())


def _marked(*only: ColumnElement[bool]) -> dict[int, Unfit]:
    query = select(Term.id, Term.unfit_why).where(*_current(), Term.unfit_why.is_not(None), *only)
    return {key: why for key, why in db.session.execute(query) if why is not None}


def _found(*only: ColumnElement[bool]) -> dict[int, Unfit]:
    """People who are no longer eligible. Those who never were sit there as found, and stay."""
    person, speaks = _memberships(Membership.person_id == Term.person_id), _speaks()
    once_person, once_speaks = (
        _memberships(Membership.person_id == Term.person_id, now=False),
        _speaks(now=False),
    )
    why = case(
        (
            and_(Seat.constituency == Constituency.ANY, or_(once_person, once_speaks), ~person, ~speaks),
            literal(Unfit.NO_MEMBER.value),
        ),
        (
            and_(Seat.constituency == Constituency.INDIVIDUAL, once_person, ~person),
            literal(Unfit.NOT_IN_PERSON.value),
        ),
        (
            and_(Seat.constituency == Constituency.ORGANISATION, once_speaks, ~speaks),
            literal(Unfit.NO_ORGANISATION.value),
        ),
    )
    query = (
        select(Term.id, why)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(*_current(), why.is_not(None), *only)
    )
    found = {row[0]: Unfit(row[1]) for row in db.session.execute(query)}
    too_many = set(db.session.scalars(select(Term.id).where(Term.id.in_(_too_many()), *only)))
    return dict.fromkeys(too_many, Unfit.ONE_TOO_MANY) | found


def _memberships(*whose: ColumnElement[bool], now: bool = True) -> ColumnElement[bool]:
    state = (Membership.state.in_(BELONGS),) if now else ()
    return exists().where(*whose, Membership.network_id == Body.network_id, *state)


def _speaks(*, now: bool = True) -> ColumnElement[bool]:
    mine = [
        Representation.person_id == Term.person_id,
        Membership.organisation_id == Representation.organisation_id,
        Membership.network_id == Body.network_id,
    ]
    if now:
        mine += [Representation.end.is_(None), Membership.state.in_(BELONGS)]
    return exists().where(*mine)


def _too_many() -> Iterable[int]:
    """Terms of those who came last, of more from one organisation than its network's rules allow."""
    query = (
        select(Body.network_id, Representation.organisation_id, Term.id)
        .join(Body, Body.id == Term.body_id)
        .join(Representation, Representation.person_id == Term.person_id)
        .where(*_current(), Representation.end.is_(None))
        .where(_member(Representation.organisation_id, Body.network_id))
        .order_by(Term.start, Term.id)
    )
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for network_id, organisation_id, term_id in db.session.execute(query):
        groups[network_id, organisation_id].append(term_id)
    several = {key: terms for key, terms in groups.items() if len(terms) > 1}
    most = {network: _most(network) for network in {network for network, _organisation in several}}
    return [each for (network, _o), terms in several.items() for each in terms[most[network] or len(terms) :]]


def _most(network_id: int) -> int:
    """0 for no limit; also where the network's rules cannot be read, which stops no other network."""
    try:
        return int(rules_in_force(network_id)[p.ONE_ORGANISATION])
    except (LookupError, ValueError, TypeError):
        return 0


def _settle(key: int) -> bool:
    """Write down that somebody no longer fits, or fits again."""
    term, why = db.session.get_one(Term, key), _found(Term.id == key).get(key)
    network = db.session.get_one(Network, term.network_id)
    term.unfit_why = why
    term.unfit_since = clock.today(network.zone) if why else None
    _tell(term, network)
    return True


def _tell(term: Term, network: Network) -> None:
    seat = db.session.get_one(Seat, term.seat_id)
    about: dict[str, Any] = {
        "act": by_rule(network), "term": term, "seat": seat, "place": seat.name,
        "holder": db.session.get_one(Person, term.person_id).name,
    }  # fmt: skip
    if term.unfit_why is None:
        record(events.TermFitsAgain(**about))
        return
    last = until(term, rules_in_force(network.id)[p.UNFIT], rules_in_force(network.id)[p.UNFIT_DAYS]) - DAY
    record(events.TermUnfit(**about, why=unfit_words(term.unfit_why), last_day=last))


def until(term: Term, rule: str, days: int) -> date:
    """Before which day somebody who does not fit still holds the place."""
    if rule == "stays" or term.unfit_since is None:
        return term.end
    return min(term.end, term.unfit_since + timedelta(days=days))


def _overdue(*only: ColumnElement[bool]) -> Collection[int]:
    """Terms of those who do not fit and whose time to put it right is over, where the rules end them."""
    query = (
        select(Term, Network.id, Network.zone)
        .join(Body, Body.id == Term.body_id)
        .join(Network, Network.id == Body.network_id)
        .where(*_current(), Term.unfit_since.is_not(None), *only)
        .order_by(Term.id)
    )
    rows = db.session.execute(query).all()
    return [term.id for term, network_id, zone in rows if perhaps(partial(_is_over, term, network_id, zone))]


def _is_over(term: Term, network_id: int, zone: str) -> bool:
    charter = rules_in_force(network_id)
    day = until(term, charter[p.UNFIT], charter[p.UNFIT_DAYS])
    return charter[p.UNFIT] == "leaves" and day <= clock.today(zone)


def _end(key: int) -> bool:
    term = db.session.get_one(Term, key)
    if term.unfit_why is None or not _is_over(
        term, term.network_id, db.session.get_one(Network, term.network_id).zone
    ):
        return False
    end_now(term, TermEnd.INELIGIBLE, unfit_words(term.unfit_why))
    return True


def days_to_fill(charter: Charter) -> timedelta:
    """How soon the rules want a place that fell empty to be filled; nothing where they set no time."""
    return timedelta(days=charter[p.VACANCY_DAYS] if charter.applies(p.VACANCY_DAYS) else 0)


def unfit_words(why: Unfit) -> str:
    """The reason why somebody is no longer eligible, for a page."""
    words: dict[Unfit, str] = {
        Unfit.NO_MEMBER: _("no longer a member"),
        Unfit.NOT_IN_PERSON: _("no longer a member in person"),
        Unfit.NO_ORGANISATION: _("no longer speaks for a member organisation"),
        Unfit.ONE_TOO_MANY: _("one too many who speak for the same organisation"),
    }
    return words[why]
