"""Events of offices: given, left, ended; the coordinator's reports; the officers' settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.charter.models import CharterVersion
from govnet.kernel.messages import NN_
from govnet.offices.models import Body, CodePromise, Mandate, MandateReport, OfficeChange, Seat, Term
from govnet.people.models import Organisation, Person
from govnet.record.events import Event


class _AboutTerm(Event):
    subject: ClassVar[str] = "term"
    words_of: ClassVar[frozenset[str]] = frozenset({"holder", "evidence"})

    term: Term
    seat: Seat
    place: str
    holder: str


class _AboutMandate(Event):
    subject: ClassVar[str] = "mandate"
    words_of: ClassVar[frozenset[str]] = frozenset({"holder", "evidence"})

    mandate: Mandate
    holder: str


class CommitteeFound(Event):
    """The committee as it was when the network came here."""

    verb: ClassVar[str] = "offices.committee_found"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s recorded the %(name)s as it was at the start, with %(places)s place.",
        "%(actor)s recorded the %(name)s as it was at the start, with %(places)s places.",
    )
    counts: ClassVar[str] = "places"
    subject: ClassVar[str] = "body"

    body: Body
    name: str
    places: int


class TermFound(_AboutTerm):
    """Somebody who sat on the committee when the network came here, and how we know."""

    verb: ClassVar[str] = "offices.term_found"
    sentence: ClassVar[Any] = _l(
        "%(holder)s holds the place “%(place)s” until %(last_day)s, as at the start."
    )

    start: date
    last_day: date
    evidence: str
    person: Person
    decision: str = ""
    change: OfficeChange | None = None


class TermGranted(_AboutTerm):
    """A decision gave somebody a place."""

    verb: ClassVar[str] = "offices.term_granted"
    sentence: ClassVar[Any] = _l(
        "%(holder)s takes the place “%(place)s” from %(start)s until %(last_day)s, by decision %(number)s."
    )

    start: date
    last_day: date
    came_by: str
    decision: str
    number: str
    person: Person
    change: OfficeChange


class TermCutShort(_AboutTerm):
    """Somebody leaves a place before its day, or a decision takes it away."""

    verb: ClassVar[str] = "offices.term_cut_short"
    sentence: ClassVar[Any] = _l("%(holder)s holds the place “%(place)s” only until %(last_day)s: %(why)s.")

    last_day: date
    why: str
    decision: str = ""
    change: OfficeChange | None = None


class TermUnfit(_AboutTerm):
    """Somebody no longer fits the place they hold, by the rules."""

    verb: ClassVar[str] = "offices.term_unfit"
    sentence: ClassVar[Any] = _l(
        "%(holder)s no longer fits the place “%(place)s” (%(why)s), and holds it until %(last_day)s at most."
    )

    last_day: date
    why: str


class TermFitsAgain(_AboutTerm):
    """The fault was corrected in time."""

    verb: ClassVar[str] = "offices.term_fits_again"
    sentence: ClassVar[Any] = _l("%(holder)s fits the place “%(place)s” again.")


class TermEnded(_AboutTerm):
    """The last day of a term has gone by."""

    verb: ClassVar[str] = "offices.term_ended"
    sentence: ClassVar[Any] = _l("%(holder)s no longer holds the place “%(place)s”: %(why)s.")

    last_day: date
    why: str


class PlaceAdded(Event):
    """A decision made the committee larger."""

    verb: ClassVar[str] = "offices.place_added"
    sentence: ClassVar[Any] = _l("The committee has one more place, “%(place)s”, by decision %(number)s.")
    subject: ClassVar[str] = "seat"

    seat: Seat
    place: str
    decision: str
    number: str
    change: OfficeChange


class VacancyNoted(Event):
    """Officers said what happens with an empty place."""

    verb: ClassVar[str] = "offices.vacancy_noted"
    sentence: ClassVar[Any] = _l("%(actor)s wrote about the empty place “%(place)s”: %(note)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"note"})
    subject: ClassVar[str] = "seat"

    seat: Seat
    place: str
    note: str


class MandateFound(_AboutMandate):
    """The coordinator when the network came here, with the evidence."""

    verb: ClassVar[str] = "offices.mandate_found"
    sentence: ClassVar[Any] = _l("%(holder)s coordinates the network until %(last_day)s, as at the start.")

    start: date
    last_day: date
    evidence: str


class MandateGranted(_AboutMandate):
    """A decision said who coordinates, and what that person or organisation may do."""

    verb: ClassVar[str] = "offices.mandate_granted"
    sentence: ClassVar[Any] = _l(
        "%(holder)s coordinates the network from %(start)s until %(last_day)s, by decision %(number)s."
    )

    start: date
    last_day: date
    renewal: bool
    decision: str
    number: str
    change: OfficeChange
    people: list[int]
    person: Person | None
    organisation: Organisation | None


class MandateCutShort(_AboutMandate):
    """A mandate is given back, or a decision withdraws it."""

    verb: ClassVar[str] = "offices.mandate_cut_short"
    sentence: ClassVar[Any] = _l("%(holder)s coordinates the network only until %(last_day)s: %(why)s.")

    last_day: date
    why: str
    decision: str = ""
    change: OfficeChange | None = None


class MandateEnded(_AboutMandate):
    """The last day of a mandate has gone by."""

    verb: ClassVar[str] = "offices.mandate_ended"
    sentence: ClassVar[Any] = _l("%(holder)s no longer coordinates the network: %(why)s.")

    last_day: date
    why: str


class ReportFiled(_AboutMandate):
    """The coordinator reported."""

    verb: ClassVar[str] = "offices.report_filed"
    sentence: ClassVar[Any] = _l("%(actor)s filed the coordinator’s report that was due on %(due)s.")

    report: MandateReport
    due: date
    digest: str


class CodePromised(Event):
    """Somebody who takes office promised the code of conduct, in the version in force."""

    verb: ClassVar[str] = "offices.code_promised"
    sentence: ClassVar[Any] = _l("%(actor)s promised to keep to how we treat each other, for %(office)s.")
    subject: ClassVar[str] = "promise"

    promise: CodePromise
    office: str
    charter: CharterVersion
    number: int
    digest: str


@dataclass(frozen=True)
class MandateOver:
    """Emitted when a mandate's end is recorded, so that rooms above can stop what rested on it."""

    mandate: Mandate
