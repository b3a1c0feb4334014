"""Who may do what: the one table, asked by views, by actions, and by the page that shows a button or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import abort
from flask_babel import gettext as _

from govnet.extensions import db
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
from govnet.kernel.per_app import PerApp
from govnet.roles import (
    CHAIR,
    COORDINATOR,
    EVERYBODY,
    IN_OFFICE,
    MANDATE_HOLDER,
    MEMBER,
    NOBODY_ELSE,
    OFFICERS,
    OPERATOR,
    OTHER_MEMBER,
    OWNER,
    PERSON,
    PRIMARY,
    READER,
    READING_MEMBER,
    READING_PERSON,
    SITTING,
    STEERING,
    Grant,
    Predicate,
    concerned,
    oneself,
    reader,
)


class Can(StrEnum):
    """Everything that needs a right. The value is the sentence that says who has it, with which it is refused."""

    READ = N_("Everybody can read the public record.")
    # membership
    APPLY = N_("Everybody can apply to join.")
    SEE_APPLICATION = N_("Only the applicant, the committee and the coordinator can see this application.")
    DECIDE_APPLICATION = N_("Only the committee or the coordinator can decide an application.")
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
    START_THREAD_AS_OFFICER = N_("Only the committee or the coordinator can start a discussion here.")
    REPLY = N_("Only members, the committee and the coordinator can reply here.")
    REPLY_AS_PERSON = N_("Only people who are signed in can write in a discussion.")
    EDIT_POST = N_("Only the member who wrote this post can change it.")
    EDIT_POST_AS_PERSON = N_("Only the person who wrote this post can change it.")
    FRAME_THREAD = N_("Only the member who started it, the committee or the coordinator can frame this.")
    FRAME_THREAD_AS_OFFICER = N_("Only the committee or the coordinator can frame or close this discussion.")
    THANK = N_("Only members can say thanks.")
    REPORT = N_("Only people who can read this post can report it.")
    HIDE_POST = N_("Only the committee or the coordinator can hide a post.")
    HIDE_POST_AS_CHAIR = N_("Only the committee’s chair or the coordinator can hide a post.")
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
    # oneself and the server
    OWN = N_("Only people who are signed in can see and change what is theirs.")
    OPERATE = N_("Only the operator of the server can look after it.")


_actors: PerApp[list[Callable[[int, int], Actor]]] = PerApp("actors", list)


def actors_are(lookup: Callable[[int, int], Actor]) -> None:
    """Where to ask what a person is in the network of what they wrote, when they come from another."""
    _actors()[:] = [lookup]


def actor_in(person_id: int, network_id: int) -> Actor:
    """What a person is in a network now: for what they asked for earlier and the worker does."""
    return _actors()[0](person_id, network_id)


def author_who_could(*rights: Can) -> Predicate:
    """The subject is the actor's own, they can read it, and by one of the rights they could begin another today.

    Somebody who has left, or was suspended or removed, keeps what they wrote, but no hand in what others do with it.
    """

    def holds(actor: Actor, subject: Any) -> Authority | None:
        mine = oneself(actor, subject)
        if mine and actor.network_id is None and getattr(subject, "network_id", None) is not None:
            actor = actor_in(actor.person_id or 0, subject.network_id)
        if not mine or not reader(actor, subject):
            return None
        could = any(grant.holds(actor, subject) for right in rights for grant in TABLE[right])
        return mine if could else None

    return holds


PROPOSER = Grant("self", author_who_could(Can.PROPOSE, Can.RECORD_DECISION))
DRAFTER = Grant("self", author_who_could(Can.PROPOSE))
STARTER = Grant("self", author_who_could(Can.START_THREAD))
WRITER = Grant("self", author_who_could(Can.REPLY))
WRITING_PERSON = Grant("self", author_who_could(Can.REPLY_AS_PERSON))
LETTER_WRITER = Grant("self", author_who_could(Can.START_LETTER))

TABLE: dict[Can, tuple[Grant, ...]] = {
    Can.READ: (EVERYBODY,),
    # membership
    Can.APPLY: (EVERYBODY,),
    Can.SEE_APPLICATION: (OWNER, *IN_OFFICE),
    Can.DECIDE_APPLICATION: (*OFFICERS, NOBODY_ELSE),
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
    Can.START_THREAD: (READING_MEMBER, *IN_OFFICE),
    Can.START_THREAD_AS_OFFICER: IN_OFFICE,
    Can.REPLY: (READING_MEMBER, *IN_OFFICE),
    Can.REPLY_AS_PERSON: (READING_PERSON,),
    Can.EDIT_POST: (WRITER,),
    Can.EDIT_POST_AS_PERSON: (WRITING_PERSON,),
    Can.FRAME_THREAD: (STARTER, *OFFICERS),
    Can.FRAME_THREAD_AS_OFFICER: OFFICERS,
    Can.THANK: (READING_MEMBER,),
    Can.REPORT: (READER,),
    Can.HIDE_POST: (CHAIR, *OFFICERS),
    Can.HIDE_POST_AS_CHAIR: (CHAIR, COORDINATOR),
    Can.APPEAL: (OWNER,),
    Can.DECIDE_APPEAL: OFFICERS,
    # decisions
    Can.READ_PROPOSAL: (READER,),
    Can.SEE_NAMES: (MEMBER, *IN_OFFICE),
    Can.PROPOSE: (MEMBER, SITTING),
    Can.ANSWER: (READING_MEMBER, SITTING),
    Can.REPLY_IN_OWN_CASE: (OWNER,),
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
    Can.SEND_ANNOUNCEMENT: (CHAIR, COORDINATOR),
    # oneself and the server
    Can.OWN: (PERSON,),
    Can.OPERATE: (OPERATOR,),
}


def authority(actor: Actor, can: Can, subject: Any = None) -> Authority | None:
    """What the actor's right rests on, or None without one. The program itself may all that the rules allow.

    What somebody is in one network gives no right over the rows of another, whichever way they came.
    """
    if actor.system:
        return OPERATOR_SHELL if actor == SHELL else SYSTEM
    if getattr(subject, "network_id", None) not in (None, actor.network_id):
        actor = _as_stranger(actor)
    return next((found for grant in TABLE[can] if (found := grant.holds(actor, subject)) is not None), None)


def _as_stranger(actor: Actor) -> Actor:
    """The actor in a network of which they were not built: themselves, and whom they speak for, but nothing there."""
    spoken = tuple(replace(each, membership_id=None) for each in actor.represents)
    return replace(actor, network_id=None, membership_id=None, represents=spoken, terms=(), mandates=())


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
    """The refusal: the sentence that says which roles have the right, or that it is the actor's own case."""
    grants = TABLE[right]
    roles = [grant.role for grant in grants]
    if concerned(actor, subject) and any(grant.holds(actor, None) for grant in grants):
        return OwnCase(_("This is about you, so somebody else has to deal with it."), roles=roles)
    return NotAllowed(_(right.value), roles=roles)


F = TypeVar("F", bound=Callable[..., Any])


def allows(right: Can, **models: type[Any]) -> Callable[[F], F]:
    """Declare a view's right, and load what it is about: there is no other way to get at it.

    `thread=Thread` takes `thread_id` from the address and hands `thread` to the view; 404 when there is none or it
    belongs to another network. The first one named is the subject. Refusals lead visitors to sign in.
    """

    def wrap(view: F) -> F:
        @wraps(view)
        def asked(**values: Any) -> Any:
            for name, model in models.items():
                values[name] = _load(model, values.pop(f"{name}_id"), values.get("network"))
            subject = values[next(iter(models))] if models else values.get("network")
            if authority(current_actor(), right, subject) is None:
                raise refusal(right, current_actor(), subject)
            return view(**values)

        asked.right = right  # type: ignore[attr-defined]
        return asked  # type: ignore[return-value]

    return wrap


def _load(model: type[Any], key: int, network: Any) -> Any:
    row = db.session.get(model, key)
    if row is None or (network is not None and getattr(row, "network_id", network.id) != network.id):
        abort(404)
    return row
