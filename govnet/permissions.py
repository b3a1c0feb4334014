"""Who may do what: the one table, asked by views, by actions, and by the page that shows a button or not.

A power is granted by a predicate over the frozen actor and plain attributes of the subject. It answers with the
authority that it rests on (a membership, a term, a mandate), which goes into the record, or with None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from govnet.extensions import db
from govnet.kernel.actor import (
    ONESELF,
    OPERATOR_SHELL,
    SHELL,
    SYSTEM,
    VISITOR,
    Actor,
    Authority,
    current_actor,
)
from govnet.kernel.errors import NotAllowed, OwnCase
from govnet.kernel.per_app import PerApp
from govnet.kernel.translation import either

Predicate = Callable[[Actor, Any], Authority | None]
ALONE = "alone"
"""Begins the authority of an officer who decided their own case because there was nobody else."""


class Can(StrEnum):
    """Everything that needs a right. The value is how a refusal names it: "Only ... can <value>"."""

    READ = "read the public record"
    # membership
    APPLY = "apply to join"
    SEE_APPLICATION = "see this application"
    DECIDE_APPLICATION = "decide an application"
    HEAR_ADMISSION_APPEAL = "hear this appeal"
    SEE_MEMBERS = "see who the members are"
    VOUCH = "vouch for somebody who wants to join"
    OBJECT_TO_MEMBER = "object to a new member"
    IMPORT_MEMBERS = "bring in a list of people"
    SPEAK_FOR = "name who speaks for this organisation"
    CONFIRM_REPRESENTATIVE = "confirm who speaks for this organisation"
    NAME_REPRESENTATIVE = "name who else speaks for this organisation"
    END_REPRESENTATION = "end that somebody speaks for this organisation"
    HOLD_MEMBERSHIP = "confirm, change or end this membership"
    # charter
    SET_RULES = "put rules into force"
    # forum
    READ_THREAD = "read this discussion"
    KEEP_TOPICS = "add and change topics"
    START_THREAD = "start a discussion"
    START_THREAD_AS_OFFICER = "start a discussion here"
    REPLY = "reply here"
    REPLY_AS_PERSON = "write in a discussion"
    EDIT_POST = "change this post"
    EDIT_POST_AS_PERSON = "change what you wrote"
    FRAME_THREAD = "frame, sum up or close this discussion"
    FRAME_THREAD_AS_OFFICER = "frame, sum up or close a discussion here"
    THANK = "say thanks"
    REPORT = "report a post"
    HIDE_POST = "hide a post"
    HIDE_POST_AS_CHAIR = "hide posts"
    APPEAL = "appeal against hiding this post"
    DECIDE_APPEAL = "decide this appeal"
    # decisions
    READ_PROPOSAL = "read this proposal"
    SEE_NAMES = "see how each member answered"
    PROPOSE = "make a proposal"
    ANSWER = "answer this proposal"
    REPLY_IN_OWN_CASE = "reply to what is proposed about them"
    REPLY_TO_REASON = "reply to the reasons beside answers to this proposal"
    SUGGEST_WORDS = "suggest other words for this proposal"
    READ_DRAFT = "read this draft"
    CHANGE_DRAFT = "change, drop or ask this draft"
    SPONSOR = "say that this should be asked"
    REWORD_PROPOSAL = "change the words of this proposal"
    WITHDRAW_PROPOSAL = "take this proposal back"
    EXTEND_PROPOSAL = "give more time for this proposal"
    HIDE_ANSWERS = "hide the answers to this proposal for longer"
    CLOSE_PROPOSAL = "close this proposal early"
    ENTER_ANSWER = "enter somebody's answer for them"
    UNDO_ENTERED = "undo what was entered for them"
    RECORD_DECISION = "record a decision taken elsewhere"
    OBJECT = "object to this decision"
    NOTE_DECISION = "write beside this decision"
    ASK_REVIEW = "ask that a decision is looked at again"
    # letters
    START_LETTER = "start a letter"
    SIGN_LETTER = "sign this letter"
    KEEP_LETTER = "change this letter or take it back"
    FOLLOW_LETTER = "say what became of this letter"
    # offices
    SEE_DESK = "use the officers' desk"
    START_AGAIN = "name the first people of a network that has nobody"
    NOTE_VACANCY = "say what happens with an empty place"
    GIVE_BACK_MANDATE = "give this mandate back"
    REPORT_AS_COORDINATOR = "file the coordinator's report"
    CHANGE_SETTINGS = "change the network's settings"
    LEAVE_OFFICE = "leave this office"
    PROMISE_CODE = "promise this"
    # announcements
    READ_ANNOUNCEMENT = "read this announcement before it is sent"
    WRITE_ANNOUNCEMENT = "write an announcement"
    SEND_ANNOUNCEMENT = "send an announcement"
    # oneself and the server
    OWN = "do this for themselves"
    OPERATE = "look after the server"


def everybody(actor: Actor, subject: Any) -> Authority | None:
    """No right is needed."""
    return Authority("public", "everybody")


def person(actor: Actor, subject: Any) -> Authority | None:
    """Anybody signed in."""
    return ONESELF if actor.signed_in else None


def member(actor: Actor, subject: Any) -> Authority | None:
    """A current membership of one's own, or of an organisation one speaks for."""
    if actor.membership_id is not None:
        return Authority(f"membership:{actor.membership_id}", "member")
    return representative(actor, subject)


def representative(actor: Actor, subject: Any) -> Authority | None:
    """Speaks for a member organisation."""
    spoken = next((r.membership_id for r in actor.represents if r.membership_id), None)
    return Authority(f"membership:{spoken}", "representative") if spoken else None


def primary(actor: Actor, subject: Any) -> Authority | None:
    """Speaks first for the organisation that the subject is, or names in `organisation_id`."""
    wanted = getattr(subject, "organisation_id", getattr(subject, "id", None))
    spoken = (r for r in actor.represents if r.primary and r.organisation_id == wanted)
    return next((Authority(f"membership:{r.membership_id}", "representative") for r in spoken), None)


def steering(actor: Actor, subject: Any) -> Authority | None:
    """Sits on the committee today."""
    return next(
        (Authority(f"term:{t.id}", "steering") for t in actor.terms if t.body_kind == "committee"), None
    )


def chair(actor: Actor, subject: Any) -> Authority | None:
    """Sits in the chair today."""
    return next(
        (Authority(f"term:{t.id}", "chair") for t in actor.terms if t.body_kind == "committee" and t.chair),
        None,
    )


def coordinator(actor: Actor, subject: Any) -> Authority | None:
    """Acts under a current mandate."""
    return next((Authority(f"mandate:{m.id}", "coordinator") for m in actor.mandates), None)


def holds_mandate(actor: Actor, subject: Any) -> Authority | None:
    """Acts under this very mandate, today."""
    mine = any(m.id == getattr(subject, "id", None) for m in actor.mandates)
    return Authority(f"mandate:{subject.id}", "coordinator") if mine else None


def operator(actor: Actor, subject: Any) -> Authority | None:
    """Runs the server."""
    return Authority(f"operator_grant:{actor.operator_grant_id}", "operator") if actor.is_operator else None


def oneself(actor: Actor, subject: Any) -> Authority | None:
    """The subject is the actor's own: it names its person in `person_id` or `author_id`, or is one."""
    owner = getattr(subject, "author_id", None) or getattr(subject, "person_id", None)
    return ONESELF if actor.signed_in and owner == actor.person_id else None


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


def concerned(actor: Actor, subject: Any) -> bool:
    """Whether it is the actor's own case: about them, or an organisation that they speak for.

    A subject names those whom it is about by their ids, in `concerns` and `concerns_organisations`.
    """
    people = getattr(subject, "concerns", ())
    organisations = getattr(subject, "concerns_organisations", ())
    mine = actor.person_id is not None and actor.person_id in people
    return mine or not actor.speaks_for.isdisjoint(organisations)


def apart(holds: Predicate) -> Predicate:
    """Has the power, but never in their own case."""
    return lambda actor, subject: None if concerned(actor, subject) else holds(actor, subject)


def alone(actor: Actor, subject: Any) -> Authority | None:
    """Decides their own case because nobody else holds an office, as when a network is founded. The record says so."""
    if not (actor.alone and concerned(actor, subject)):
        return None
    found = steering(actor, subject) or coordinator(actor, subject)
    return Authority(f"{ALONE}:{found.source}", found.role) if found else None


def reader(actor: Actor, subject: Any) -> Authority | None:
    """The subject's `visibility` lets the actor read it."""
    visibility = str(getattr(subject, "visibility", "public"))
    if visibility == "public":
        return everybody(actor, subject)
    officer = steering(actor, subject) or coordinator(actor, subject)
    return officer or (member(actor, subject) if visibility == "members" else None)


def reading(holds: Predicate) -> Predicate:
    """Has the power, and may read what it is about."""
    return lambda actor, subject: holds(actor, subject) if reader(actor, subject) else None


@dataclass(frozen=True)
class Grant:
    """Those who have a right: the role's name in the record, in words, and the predicate."""

    role: str
    words: Any
    holds: Predicate


EVERYBODY = Grant("everybody", _l("everybody"), everybody)
PERSON = Grant("person", _l("people who are signed in"), person)
MEMBER = Grant("member", _l("members"), member)
OTHER_MEMBER = Grant("member", _l("other members"), apart(member))
STEERING = Grant("steering", _l("the committee"), apart(steering))
CHAIR = Grant("chair", _l("the committee’s chair"), apart(chair))
COORDINATOR = Grant("coordinator", _l("the coordinator"), apart(coordinator))
SITTING = Grant("steering", STEERING.words, steering)
COORDINATING = Grant("coordinator", COORDINATOR.words, coordinator)
NOBODY_ELSE = Grant("steering", STEERING.words, alone)
MANDATE_HOLDER = Grant("coordinator", _l("those who act under this mandate"), holds_mandate)
OPERATOR = Grant("operator", _l("the operator of the server"), apart(operator))
OWNER = Grant("self", _l("the person it belongs to"), oneself)
PRIMARY = Grant("primary", _l("those who speak for the organisation"), primary)
READER = Grant("reader", _l("those whom it is for"), reader)
OFFICERS = (STEERING, COORDINATOR)
"""Never in a case of their own."""
IN_OFFICE = (SITTING, COORDINATING)
"""What takes no distance: reading and taking part, also in what is about themselves."""
PROPOSER = Grant("self", _l("the member who proposed it"), author_who_could(Can.PROPOSE, Can.RECORD_DECISION))
DRAFTER = Grant("self", _l("the member who wrote it"), author_who_could(Can.PROPOSE))
STARTER = Grant("self", _l("the member who began it"), author_who_could(Can.START_THREAD))
WRITER = Grant("self", _l("the member who wrote it"), author_who_could(Can.REPLY))
WRITING_PERSON = Grant("self", _l("the person who wrote it"), author_who_could(Can.REPLY_AS_PERSON))
LETTER_WRITER = Grant("self", _l("the member who began it"), author_who_could(Can.START_LETTER))
READING_MEMBER = Grant("member", MEMBER.words, reading(member))
READING_PERSON = Grant("person", PERSON.words, reading(person))

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


def require(actor: Actor, right: Can, subject: Any = None) -> Authority:
    """The authority for an action, asked again inside it whatever the door. Raises NotAllowed, saying who may."""
    found = authority(actor, right, subject)
    if found is None:
        raise refusal(right, actor, subject)
    return found


def refusal(right: Can, actor: Actor = VISITOR, subject: Any = None) -> NotAllowed:
    """The refusal in words: which right is needed and which roles have it, or that it is the actor's own case."""
    grants = TABLE[right]
    who = either(dict.fromkeys(str(grant.words) for grant in grants))
    message = _("Only %(who)s can %(what)s.", who=who, what=_(right.value))
    if concerned(actor, subject) and any(grant.holds(actor, None) for grant in grants):
        return OwnCase(_("This is about you, so somebody else has to do it."), roles=[g.role for g in grants])
    return NotAllowed(
        message, needed=[grant.words for grant in grants], roles=[grant.role for grant in grants]
    )


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
