"""Rights: the one table, asked by views, by actions, and by the page that shows a button or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask_babel import gettext as _

from govnet.kernel.actor import (
    OPERATOR_SHELL,
    SHELL,
    SYSTEM,
    VISITOR,
    Act,
    Actor,
    Authority,
    Door,
    current_actor,
)
from govnet.kernel.errors import NotAllowed, OwnCase
from govnet.kernel.messages import N_
from govnet.kernel.url_converters import Named, named_in_request
from govnet.roles import (
    CHAIR,
    COORDINATOR,
    EVERYBODY,
    FOR_THE_COMMITTEE,
    FOR_THE_COORDINATOR,
    IN_OFFICE,
    MANDATE_HOLDER,
    MEMBER,
    MEMBER_FOR_ALL,
    NOBODY_ELSE,
    OFFICERS,
    OPERATOR,
    OTHER_MEMBER,
    OWNER,
    PERSON,
    PRIMARY,
    READER,
    READING_MEMBER,
    READING_OWNER,
    READING_PERSON,
    SITTING,
    STEERING,
    ByCharter,
    Given,
    Grant,
    charter_decides,
    concerned,
    lookups,
    network_of,
    oneself,
    reader,
)


class Can(StrEnum):
    """Everything that needs a right. The value is the sentence that says who has it, with which it is refused."""

    READ = N_("Everybody can read the public record.")
    # membership
    APPLY = N_("Everybody can apply to join.")
    SEE_APPLICATION = N_("Only the applicant, the committee and the coordinator can see this application.")
    SEE_APPLICATIONS = N_("Only the committee and the coordinator can see who wants to join.")
    DECIDE_APPLICATION = N_(
        "Only the committee can decide an application, or the coordinator where the applicant alone sits on it."
    )
    WEIGH_OBJECTION = N_(
        "Only the committee can decide after a member’s objection, or the coordinator in its place."
    )
    HEAR_ADMISSION_APPEAL = N_("Only the committee or the coordinator can hear this appeal.")
    SEE_MEMBERS = N_("Only members, the committee and the coordinator can see who the members are.")
    VOUCH = N_("Only other members can vouch for somebody who wants to join.")
    OBJECT_TO_MEMBER = N_("Only other members can object to a new member.")
    IMPORT_MEMBERS = N_("Only the committee’s chair or the coordinator can bring in a list of people.")
    SPEAK_FOR = N_("Only people who are signed in can ask to speak for this organisation.")
    CONFIRM_REPRESENTATIVE = N_("Only a representative, the committee or the coordinator can confirm this.")
    NAME_REPRESENTATIVE = N_("Only a person who speaks for this organisation can name somebody else.")
    END_REPRESENTATION = N_("Only this person, or one who speaks for the organisation, can end this.")
    HOLD_MEMBERSHIP = N_("Only the member can confirm, change or end this membership.")
    # charter
    SET_RULES = N_("Only a decision can change our rules.")
    # forum
    READ_THREAD = N_("Only the people for whom this discussion is meant can read it.")
    KEEP_TOPICS = N_("Only the committee or the coordinator can add and change topics.")
    START_THREAD = N_("Only members, the committee and the coordinator can start a discussion.")
    REPLY = N_("Only members, the committee and the coordinator can reply here.")
    EDIT_POST = N_("Only the person who wrote this post can change it.")
    FRAME_THREAD = N_("Only the member who started it, the committee or the coordinator can frame this.")
    THANK = N_("Only members can say thanks.")
    REPORT = N_("Only people who can read this post can report it.")
    HIDE_POST = N_("Only the committee or the coordinator can hide a post.")
    APPEAL = N_("Only the person who wrote this post can appeal against its hiding.")
    DECIDE_APPEAL = N_("Only the committee or the coordinator can decide this appeal.")
    # decisions
    READ_PROPOSAL = N_("Only the people for whom this proposal is meant can read it.")
    SEE_NAMES = N_("Only members, the committee and the coordinator can see how each member answered.")
    PROPOSE = N_("Only members and the committee can make a proposal.")
    ANSWER = N_("Only members and the committee can answer this proposal.")
    REPLY_IN_OWN_CASE = N_("Only the person whom this proposal names can reply to it here.")
    REPLY_TO_REASON = N_("Only the member who made this proposal can reply to the reasons given.")
    SUGGEST_WORDS = N_("Only members and the committee can suggest other words for this proposal.")
    READ_DRAFT = N_("Only the people for whom this draft is meant can read it.")
    CHANGE_DRAFT = N_("Only the member who wrote this draft can change, drop or open it.")
    SPONSOR = N_("Only members can say that they want this draft opened for answers.")
    REWORD_PROPOSAL = N_("Only the member who made this proposal can change its text.")
    WITHDRAW_PROPOSAL = N_("Only the member who made this proposal can take it back.")
    EXTEND_PROPOSAL = N_("Only the member who made this proposal can give more time for it.")
    HIDE_ANSWERS = N_("Only the member who made this proposal can hide its answers for longer.")
    CLOSE_PROPOSAL = N_("Only the member who made this proposal can close it early.")
    ENTER_ANSWER = N_("Only the committee can enter an answer for somebody else.")
    UNDO_ENTERED = N_("Only the person for whom this answer was entered can undo it.")
    RECORD_DECISION = N_("Only the committee or the coordinator can record a decision taken elsewhere.")
    OBJECT = N_("Only members can object to this decision.")
    NOTE_DECISION = N_("Only members, the committee and the coordinator can write beside this decision.")
    NOTE_OUTCOME = N_(
        "Only the member who made this proposal, the committee or the coordinator can write this note."
    )
    NOTE_MINORITY = N_("Only a member who disagreed with this decision can write a minority’s note.")
    ASK_REVIEW = N_("Only members can ask for a decision to be looked at again.")
    # letters
    START_LETTER = N_("Only members can start a letter.")
    SIGN_LETTER = N_("Only members can sign this letter.")
    KEEP_LETTER = N_("Only the member who started this letter can change it or take it back.")
    FOLLOW_LETTER = N_("Only its author, the committee or the coordinator can say what became of it.")
    # offices
    SEE_DESK = N_("Only the committee or the coordinator can use the officers’ desk.")
    START_AGAIN = N_("Only the operator of the server can name first people for a network without any.")
    NOTE_VACANCY = N_("Only the committee or the coordinator can say what happens with an empty place.")
    GIVE_BACK_MANDATE = N_("Only the people who act under this mandate can give it back.")
    REPORT_AS_COORDINATOR = N_("Only the people who act under this mandate can file its report.")
    CHANGE_SETTINGS = N_("Only the committee or the coordinator can change the network’s settings.")
    LEAVE_OFFICE = N_("Only the person who holds this office can leave it.")
    PROMISE_CODE = N_("Only the person who holds this office can make its promise.")
    # announcements
    READ_ANNOUNCEMENT = N_("Only officers can read this announcement before it is sent.")
    WRITE_ANNOUNCEMENT = N_("Only the committee or the coordinator can write an announcement.")
    SEND_ANNOUNCEMENT = N_("Only the committee’s chair or the coordinator can send an announcement.")
    STEER_SENDING = N_(
        "Only the committee’s chair or the coordinator can stop an announcement or let it go on."
    )
    # oneself and the server
    OWN = N_("Only people who are signed in can see and change what is theirs.")
    OPERATE = N_("Only the operator of the server can look after it.")


def actor_in(person_id: int, network_id: int) -> Actor:
    """A person's standing in a network now: for requests that they made earlier and the worker carries out."""
    return lookups().actor(person_id, network_id)


def author_who_could(*rights: Can) -> Grant:
    """The subject is the actor's own, they can read it, and by one of the rights they could begin another today.

    Somebody who has left, or was suspended or removed, keeps what they wrote, but no hand in what others do with it.
    """

    def holds(actor: Actor, subject: Any) -> Authority | None:
        mine = oneself(actor, subject)
        if mine and actor.network_id is None and getattr(subject, "network_id", None) is not None:
            actor = actor_in(actor.person_id or 0, subject.network_id)
        if not mine or not reader(actor, subject):
            return None
        could = any(_first(grants(right, actor, subject), actor, subject) for right in rights)
        return mine if could else None

    return Grant("self", holds, rights)


PROPOSER = author_who_could(Can.PROPOSE, Can.RECORD_DECISION)
DRAFTER = author_who_could(Can.PROPOSE)
STARTER = author_who_could(Can.START_THREAD)
WRITER = author_who_could(Can.REPLY)
NOTE_WRITER = author_who_could(Can.NOTE_DECISION)
LETTER_WRITER = author_who_could(Can.START_LETTER)


BY_COMMITTEE = (STEERING, FOR_THE_COMMITTEE, NOBODY_ELSE)

TABLE: dict[Can, tuple[Grant, ...] | ByCharter] = {
    Can.READ: (EVERYBODY,),
    # membership
    Can.APPLY: (EVERYBODY,),
    Can.SEE_APPLICATION: (OWNER, *IN_OFFICE),
    Can.SEE_APPLICATIONS: (*OFFICERS, NOBODY_ELSE),
    Can.DECIDE_APPLICATION: charter_decides(
        "membership.admission",
        {
            "committee": BY_COMMITTEE,
            "sponsors": BY_COMMITTEE,
            "coordinator": Given(
                (COORDINATOR, FOR_THE_COORDINATOR, NOBODY_ELSE),
                N_(
                    "By our rules only the coordinator can decide an application, "
                    "or the committee while there is none."
                ),
            ),
            "immediate": Given(
                (*OFFICERS, NOBODY_ELSE),
                N_("By our rules only the committee or the coordinator can decide an application."),
            ),
        },
    ),
    Can.WEIGH_OBJECTION: BY_COMMITTEE,
    Can.HEAR_ADMISSION_APPEAL: OFFICERS,
    Can.SEE_MEMBERS: (MEMBER, *IN_OFFICE),
    Can.VOUCH: (OTHER_MEMBER,),
    Can.OBJECT_TO_MEMBER: (OTHER_MEMBER,),
    Can.IMPORT_MEMBERS: (CHAIR, COORDINATOR),
    Can.SPEAK_FOR: (PERSON,),
    Can.CONFIRM_REPRESENTATIVE: (PRIMARY, *OFFICERS, NOBODY_ELSE),
    Can.NAME_REPRESENTATIVE: (PRIMARY,),
    Can.END_REPRESENTATION: (OWNER, PRIMARY),
    Can.HOLD_MEMBERSHIP: (OWNER, PRIMARY),
    # charter
    Can.SET_RULES: (),
    # forum
    Can.READ_THREAD: (READER,),
    Can.KEEP_TOPICS: OFFICERS,
    Can.START_THREAD: charter_decides(
        "discussion.who_may_start",
        {
            "members": (READING_MEMBER, *IN_OFFICE),
            "committee": Given(
                IN_OFFICE, N_("By our rules only the committee or the coordinator can start a discussion.")
            ),
        },
    ),
    Can.REPLY: charter_decides(
        "discussion.who_may_post",
        {
            "members": (READING_MEMBER, *IN_OFFICE),
            "anyone": Given(
                (READING_PERSON,), N_("Only people who are signed in can write in a discussion.")
            ),
        },
    ),
    Can.EDIT_POST: (WRITER,),
    Can.FRAME_THREAD: charter_decides(
        "discussion.who_may_start",
        {
            "members": (STARTER, *OFFICERS),
            "committee": Given(
                OFFICERS, N_("By our rules only the committee or the coordinator can frame this.")
            ),
        },
    ),
    Can.THANK: (READING_MEMBER,),
    Can.REPORT: (READER,),
    Can.HIDE_POST: charter_decides(
        "conduct.who_may_hide",
        {
            "committee": (CHAIR, *OFFICERS),
            "chair": Given(
                (CHAIR, COORDINATOR),
                N_("By our rules only the committee’s chair or the coordinator can hide a post."),
            ),
        },
    ),
    Can.APPEAL: (OWNER,),
    Can.DECIDE_APPEAL: OFFICERS,
    # decisions
    Can.READ_PROPOSAL: (READER,),
    Can.SEE_NAMES: (MEMBER, *IN_OFFICE),
    Can.PROPOSE: charter_decides(
        "decisions.who_may_propose",
        {
            "members": (MEMBER, SITTING),
            "committee": Given(
                (SITTING, MEMBER_FOR_ALL),
                N_(
                    "By our rules only the committee can make a proposal, "
                    "and members only about who sits on it while nobody does."
                ),
            ),
        },
    ),
    Can.ANSWER: (READING_MEMBER, SITTING),
    Can.REPLY_IN_OWN_CASE: (READING_OWNER,),
    Can.REPLY_TO_REASON: (PROPOSER,),
    Can.SUGGEST_WORDS: (READING_MEMBER, SITTING),
    Can.READ_DRAFT: (READER,),
    Can.CHANGE_DRAFT: (DRAFTER,),
    Can.SPONSOR: (READING_MEMBER,),
    Can.REWORD_PROPOSAL: (PROPOSER,),
    Can.WITHDRAW_PROPOSAL: (PROPOSER,),
    Can.EXTEND_PROPOSAL: (PROPOSER,),
    Can.HIDE_ANSWERS: (PROPOSER,),
    Can.CLOSE_PROPOSAL: (PROPOSER,),
    Can.ENTER_ANSWER: (STEERING,),
    Can.UNDO_ENTERED: (OWNER,),
    Can.RECORD_DECISION: OFFICERS,
    Can.OBJECT: (READING_MEMBER,),
    Can.NOTE_DECISION: (MEMBER, *OFFICERS),
    Can.NOTE_OUTCOME: (NOTE_WRITER, *IN_OFFICE),
    Can.NOTE_MINORITY: (NOTE_WRITER,),
    Can.ASK_REVIEW: (MEMBER,),
    # letters
    Can.START_LETTER: (MEMBER,),
    Can.SIGN_LETTER: (MEMBER,),
    Can.KEEP_LETTER: (LETTER_WRITER,),
    Can.FOLLOW_LETTER: (LETTER_WRITER, *OFFICERS),
    # offices
    Can.SEE_DESK: IN_OFFICE,
    Can.START_AGAIN: (OPERATOR,),
    Can.NOTE_VACANCY: OFFICERS,
    Can.GIVE_BACK_MANDATE: (MANDATE_HOLDER,),
    Can.REPORT_AS_COORDINATOR: (MANDATE_HOLDER,),
    Can.CHANGE_SETTINGS: OFFICERS,
    Can.LEAVE_OFFICE: (OWNER,),
    Can.PROMISE_CODE: (OWNER,),
    # announcements
    Can.READ_ANNOUNCEMENT: (READER,),
    Can.WRITE_ANNOUNCEMENT: OFFICERS,
    Can.SEND_ANNOUNCEMENT: charter_decides(
        "coordinator.may_announce",
        {
            True: (CHAIR, COORDINATOR),
            False: Given((CHAIR,), N_("By our rules only the committee’s chair can send an announcement.")),
        },
    ),
    Can.STEER_SENDING: (CHAIR, COORDINATOR),
    # oneself and the server
    Can.OWN: (PERSON,),
    Can.OPERATE: (OPERATOR,),
}


def authority(actor: Actor, can: Can, subject: Any = None) -> Authority | None:
    """The basis of the actor's right, or None without one. The program itself may do all that the rules allow.

    A standing in one network gives no right over the rows of another, by any way.
    """
    if actor.system:
        return OPERATOR_SHELL if actor == SHELL else SYSTEM
    if getattr(subject, "network_id", None) not in (None, actor.network_id):
        actor = actor.as_stranger()
    return _first(grants(can, actor, subject), actor, subject)


def grants(right: Can, actor: Actor, subject: Any = None) -> tuple[Grant, ...]:
    """The people who have the right over that subject, as far as they may be the actor."""
    row = TABLE[right]
    if isinstance(row, ByCharter):
        return _given(row, actor, subject).grants if row.reaches(actor, subject) else ()
    return row


def _first(grants: tuple[Grant, ...], actor: Actor, subject: Any) -> Authority | None:
    return next((found for grant in grants if (found := grant.holds(actor, subject)) is not None), None)


def _given(row: ByCharter, actor: Actor, subject: Any) -> Given:
    """The choice of the charter in force; its default if there is no network."""
    network_id = network_of(actor, subject)
    value = lookups().rule(network_id, row.rule) if network_id is not None else next(iter(row.choices))
    return row.choices[value]


def can(actor: Actor, right: Can, subject: Any = None) -> bool:
    """Whether the table gives the actor that right: for pages."""
    return authority(actor, right, subject) is not None


def require(actor: Actor, right: Can, subject: Any, via: Door) -> Act:
    """The act that goes into the record, its right asked again inside the action whatever the door.

    It belongs to the subject's network, or to the actor's where the subject names none. Raises NotAllowed, saying
    which people have the right.
    """
    found = authority(actor, right, subject)
    if found is None:
        raise refusal(right, actor, subject)
    return Act(actor, found, via, getattr(subject, "network_id", None) or actor.network_id)


def check_right(actor: Actor, right: Can, subject: Any = None) -> None:
    """Ask for the right to do what the record does not hold. Raises NotAllowed, saying which people have it."""
    if authority(actor, right, subject) is None:
        raise refusal(right, actor, subject)


def refusal(right: Can, actor: Actor = VISITOR, subject: Any = None) -> NotAllowed:
    """The refusal: the sentence that says which roles have the right, or that it is the actor's own case.

    An author who could not begin another one today reads who could.
    """
    row = TABLE[right]
    given = _given(row, actor, subject) if isinstance(row, ByCharter) else Given(row)
    roles = [grant.role for grant in given.grants]
    if concerned(actor, subject) and any(grant.holds(actor, None) for grant in given.grants):
        return OwnCase(_("This is about you, so somebody else has to deal with it."), roles=roles)
    if oneself(actor, subject) and reader(actor, subject):
        for begins in (begins for grant in given.grants for begins in grant.begins):
            return refusal(begins, actor, subject)
    return NotAllowed(_(given.sentence or right.value), roles=roles)


def who_can(rule: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    """The sentence of each right under these rules, and the rule that moves it: empty where none does."""
    for right, row in TABLE.items():
        moved = row.rule if isinstance(row, ByCharter) else ""
        sentence = row.choices[rule(moved)].sentence if isinstance(row, ByCharter) else ""
        yield sentence or right.value, moved


F = TypeVar("F", bound=Callable[..., Any])


def allows(right: Can, **models: Named) -> Callable[[F], F]:
    """Declare a view's right, and load what it is about: there is no other way to get at it.

    `thread=Thread` takes `thread_id` from the address and hands `thread` to the view; 404 when there is none or it
    belongs to another network. `topic=InAddress("slug", find)` takes `slug`, and has `find(network, slug)` look for it;
    `about=find` has `find(network)` say what the query or the form is about. The first one named is the subject.
    Refusals lead visitors to sign in.
    """

    def wrap(view: F) -> F:
        @wraps(view)
        def asked(**values: Any) -> Any:
            for name, model in models.items():
                values[name] = named_in_request(name, model, values)
            subject = values[next(iter(models))] if models else values.get("network")
            if authority(current_actor(), right, subject) is None:
                raise refusal(right, current_actor(), subject)
            return view(**values)

        asked.right = right  # type: ignore[attr-defined]
        return asked  # type: ignore[return-value]

    return wrap
