"""Writing a letter, and putting names under it while it takes them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions.rules import deadlines
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.messages import Said
from govnet.kernel.text import render
from govnet.kernel.translation import say
from govnet.letters import queries, rules
from govnet.letters.events import LetterChanged, LetterOpened, LetterSigned, SignatureTakenBack
from govnet.letters.models import Letter, Signature
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class LetterInput:
    """The input for a letter: title, addressee, text, and closing time."""

    title: str
    addressed_to: str
    text: str
    closes: date


@dataclass(frozen=True)
class Party:
    """Somebody in whose name the actor can sign: themselves, or a member organisation that they speak for."""

    key: str
    """ "me", or the organisation's id."""
    name: str
    membership_id: int
    organisation_id: int | None = None


def parties(by: Actor) -> list[Party]:
    """In whose names the actor can sign here: their own first."""
    own = [Party("me", by.name, by.membership_id)] if by.membership_id is not None else []
    spoken = [
        Party(str(each.organisation_id), each.organisation, each.membership_id, each.organisation_id)
        for each in by.represents
        if each.membership_id is not None
    ]
    return own + spoken


def party_named(by: Actor, key: str) -> Party:
    """The party that a form names. RuleBroken where the actor can't sign in that name."""
    found = next((each for each in parties(by) if each.key == key), None)
    if found is None:
        raise RuleBroken(
            _("You can sign for yourself as a member, and for a member organisation that you speak for."),
            field="party",
        )
    return found


def start(
    network: Network, draft: LetterInput, *, party: str, thread: Thread | None, by: Actor, via: Door
) -> Letter:
    """Open a letter for names until the chosen day; its author's own comes first."""
    act = require(by, Can.START_LETTER, network, via)
    mine = party_named(by, party)
    letter = Letter(
        network=network,
        thread_id=thread.id if thread is not None else None,
        author_id=by.person_id,
        opened_at=clock.now(),
    )
    _write(letter, draft, network)
    db.session.add(letter)
    db.session.flush()  # its names, and the record, name it by its key
    record(LetterOpened(**_about(letter, act), **_says(letter)))
    _sign(letter, mine, act)
    return letter


def edit(letter: Letter, draft: LetterInput, *, seen: int, by: Actor, via: Door) -> None:
    """Change the text while nobody else has signed it. Stale when it changed since version `seen`."""
    act = require(by, Can.KEEP_LETTER, letter, via)
    letter = queries.locked(letter.id)
    refuse(rules.why_not_edited(letter.state, signed_by_others=queries.signed_by_others(letter)))
    refuse(rules.why_no_names(letter.state, clock.now(), letter.deadline))
    if letter.version != seen:
        raise Stale(
            _("You changed this letter somewhere else while you were writing."),
            newer=letter.text,
            yours=draft.text,
        )
    _write(letter, draft, letter.network)
    letter.version += 1
    event = {**_about(letter, act), **_says(letter)}
    record(LetterChanged(**event, version=letter.version))


def sign(letter: Letter, party: str, *, seen: int, by: Actor, via: Door) -> Signature:
    """Put the party's name under the letter, in public. RuleBroken after the deadline, or if it is there already."""
    act = require(by, Can.SIGN_LETTER, letter, via)
    mine = party_named(by, party)
    letter = queries.locked(letter.id)
    refuse(rules.why_no_names(letter.state, clock.now(), letter.deadline))
    if letter.version != seen:
        raise RuleBroken(
            _("The text was changed while you were reading it. Please read it again before you sign.")
        )
    if _signature(letter, mine, by) is not None:
        raise RuleBroken(_("“%(name)s” has already signed this letter.", name=mine.name), field="party")
    return _sign(letter, mine, act)


def take_back(letter: Letter, party: str, *, by: Actor, via: Door) -> None:
    """Take the party's name back, as long as names are taken at all."""
    act = require(by, Can.SIGN_LETTER, letter, via)
    mine = party_named(by, party)
    letter = queries.locked(letter.id)
    refuse(rules.why_no_names(letter.state, clock.now(), letter.deadline))
    signature = _signature(letter, mine, by)
    if signature is None:
        raise RuleBroken(_("“%(name)s” has not signed this letter.", name=mine.name), field="party")
    db.session.delete(signature)
    about = _about(letter, act)
    record(SignatureTakenBack(**about, party=mine.name, organisation=mine.organisation_id))


def refuse(said: Said | None, field: str | None = None) -> None:
    """RuleBroken with what a rule said, if it said anything."""
    if said is not None:
        raise RuleBroken(say(said), field=field)


def digest(text: str) -> str:
    """SHA-256, in hex, of a text that lives in its own table."""
    return hashlib.sha256(text.encode()).hexdigest()


def _write(letter: Letter, draft: LetterInput, network: Network) -> None:
    charter, zone = charters.rules_in_force(network.id), ZoneInfo(network.zone)
    refuse(rules.day_problem(draft.closes, letter.opened_at, charter, zone), "closes")
    letter.title, letter.addressed_to = draft.title, draft.addressed_to
    letter.text, letter.html = draft.text, render(draft.text)
    letter.deadline = deadlines.closes(draft.closes, charter, zone)


def _signature(letter: Letter, party: Party, by: Actor) -> Signature | None:
    return queries.signature_of(letter.id, person_id=by.person_id, organisation_id=party.organisation_id)


def _sign(letter: Letter, party: Party, act: Act) -> Signature:
    signature = Signature(
        letter_id=letter.id,
        membership_id=party.membership_id,
        person_id=act.by.person_id if party.organisation_id is None else None,
        organisation_id=party.organisation_id,
        signed_by_id=act.by.person_id,
        name=party.name,
        at=clock.now(),
    )
    db.session.add(signature)
    about = _about(letter, act)
    record(LetterSigned(**about, party=party.name, organisation=party.organisation_id))
    return signature


def _about(letter: Letter, act: Act) -> dict[str, Any]:
    return {"act": act, "letter": letter, "title": letter.title}


def _says(letter: Letter) -> dict[str, Any]:
    return {
        "addressed_to": letter.addressed_to,
        "deadline": letter.deadline,
        "digest": digest(letter.text),
    }
