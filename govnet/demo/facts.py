"""The demo's data files: one frozen class for each kind of thing, so unknown words are errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFact:
    """An invented person. `came` is found (on the old list) or applied."""

    key: str
    name: str
    came: str
    days_ago: int
    volume: str
    kind: str
    about: str = ""
    act_as: str = ""
    named: bool = False
    """Whether visitors may see the name in the list of members."""

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.key}@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFact:
    """An organisation that is a member, and who speaks for it."""

    key: str
    name: str
    url: str
    about: str
    representative: str
    days_ago: int
    alternate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFact:
    """A reply. `first` is its text before its author edited it."""

    by: str
    text: str
    key: str = ""
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFact:
    """The head of a thread: the question, the possible change, who decides, and the date."""

    question: str
    can_change: str
    decides: str
    until_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The result of a thread, as one person wrote it down."""

    by: str
    days_ago: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFact:
    """A thread with its posts in order; the loader spreads them over `over_days`."""

    key: str
    topic: str
    title: str
    by: str
    days_ago: int
    hour: float
    over_days: int
    text: str
    visibility: str = "public"
    closed_days_ago: int | None = None
    thanks: tuple[str, ...] = ()
    frame: FrameFact | None = None
    summary: Summary | None = None
    posts: tuple[PostFact, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """One answer to a proposal; `who` is the key of a person, or of an organisation if that is true."""

    who: str
    kind: str
    reason: str = ""
    needs: str = ""
    organisation: bool = False
    reply: str = ""
    """The proposer's reply to the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Other words for a passage, which the proposer accepted."""

    by: str
    passage: str
    instead: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Words that people were asked before others took their place, and their answers to them."""

    text: str
    until_days_ago: int
    answers: tuple[AnswerFact, ...]
    question: str = ""
    because: str = ""
    """The reason for the next version, if nobody suggested it."""
    suggested: Suggested | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFact:
    """A proposal to the members, with its answers in the order they came."""

    key: str
    thread: str
    by: str
    matter: str
    question: str
    text: str
    opened_days_ago: int
    closes_days: int
    answers: tuple[AnswerFact, ...]
    changes: Mapping[str, Any]
    earlier: tuple[Earlier, ...] = ()
    expected: str = ""
    statement: str = ""
    statement_by: str = ""
    review_days: int | None = None
    """When it is to be looked at again: days ago where negative."""
    trial_days: int | None = None
    """Until when it is on trial, counted in the same way."""
    trial_signs: str = ""
    gives: tuple[str, str] | None = None
    """The place that it gives, and the person: for as long as the rules let one be given."""
    ask_again: tuple[tuple[str, str], ...] = ()
    """The people who ask for a review in the last days, and their reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A decision of a meeting or the list, recorded afterwards."""

    key: str
    place: str
    by: str
    matter: str
    recorded_days_ago: int
    taken_days_ago: int
    statement: str
    text: str
    evidence: str
    present: str = ""
    mail: tuple[str, ...] = ()
    """Of the list: the sender of the last mail, its subject and its text."""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementFact:
    """The coordinator's mails to everybody; a draft if `days_ago` is missing."""

    key: str
    by: str
    audience: str
    subject: str
    body: str
    days_ago: int | None = None
    hour: float = 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFact:
    """An appeal against a post's being hidden; waiting where `decided_days_ago` is missing."""

    by: str
    days_ago: int
    text: str
    decided_days_ago: int | None = None
    decided_by: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A post that was hidden, with its reason."""

    post: str
    days_ago: int
    by: str
    reason: str
    appeals: tuple[AppealFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFact:
    """Somebody who asked to join; `state` is waiting, asked, declined or unconfirmed."""

    key: str
    name: str
    days_ago: int
    state: str
    about: str
    organisation: str = ""
    speaks_for: bool = False
    asked_by: str = ""
    asked_days_ago: int = 0
    question: str = ""
    decided_by: str = ""
    decided_days_ago: int = 0
    reason: str = ""

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.key}@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice: a number for each option, "None of these" last."""

    who: str
    values: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFact:
    """Options between which people choose now."""

    key: str
    thread: str
    by: str
    matter: str
    method: str
    question: str
    text: str
    options: tuple[str, ...]
    opened_days_ago: int
    answers: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFact:
    """Something that nobody is asked yet."""

    key: str
    thread: str
    by: str
    matter: str
    method: str
    question: str
    text: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFact:
    """A letter with the names under it, in the order in which they came, and what became of it."""

    key: str
    thread: str
    by: str
    title: str
    to: str
    text: str
    opened_days_ago: int
    closes_days: int
    names: tuple[str, ...]
    taken_back: tuple[str, ...] = ()
    sent_days_ago: int | None = None
    how: str = ""
    reply_due_days: int | None = None
    replied_days_ago: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFact:
    """A report of a post that nobody has answered yet."""

    post: str
    by: str
    days_ago: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything in the data files, the places for dates already filled in."""

    founding: str
    people: Mapping[str, PersonFact]
    organisations: Mapping[str, OrganisationFact]
    threads: tuple[ThreadFact, ...]
    proposals: tuple[ProposalFact, ...]
    elsewhere: tuple[Elsewhere, ...]
    choices: tuple[ChoiceFact, ...]
    drafts: tuple[DraftFact, ...]
    letters: tuple[LetterFact, ...]
    announcements: tuple[AnnouncementFact, ...]
    hidden: tuple[Hidden, ...]
    reports: tuple[ReportFact, ...]
    applications: tuple[ApplicationFact, ...]

    def acting(self, role: str) -> PersonFact:
        """The person whom the button `role` on /demo signs in as. Raises StopIteration if there is none."""
        return next(person for person in self.people.values() if person.act_as == role)

    def human(self, answer: AnswerFact) -> str:
        """The key of the person who gave this answer, for herself or for her organisation."""
        return self.organisations[answer.who].representative if answer.organisation else answer.who
