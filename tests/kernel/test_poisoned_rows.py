"""Every duty of the worker has a row here that cannot be done, and a neighbour that must be done all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from govnet.announcements.models import Announcement, AnnouncementState
from govnet.charter.models import Network
from govnet.decisions.closing import actions
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Decision, Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.proposals.models import Rewording
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.register.models import PendingEffect, ReviewReminder
from govnet.decisions.suggestions import rewording
from govnet.digest.models import WeeklyDigest
from govnet.extensions import db
from govnet.forum.models import Hiding, Post
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import HidingKind
from govnet.kernel import clock, duties
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.letters import closing as letters_closing
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState
from govnet.mail.headers import Address
from govnet.mail.incoming import intake
from govnet.mail.models import Delivery, Fate, InboundMail, Mail, RecipientChunk, Rendering
from govnet.mail.outgoing import outbox
from govnet.mail.rules import DeliveryState
from govnet.membership import duties as membership_duties
from govnet.membership.models import Application, ApplicationState, Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.models import RosterImport
from govnet.membership.roster.parser import read_roster
from govnet.offices.models import Constituency, Mandate, Seat, Term
from govnet.operations.serving import worker
from govnet.people.models import Person, PersonEmail, Representation
from govnet.record.models import ChainHead, Entry, Telling
from govnet.sign_in.models import AddressChange, SignedInSession, SignInLink
from tests import builders
from tests.announcements.builders import ordered
from tests.conftest import START
from tests.decisions.builders import a_proposal, taken, version_of
from tests.decisions.drafts.builders import a_draft
from tests.decisions.register.test_succession import asked
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter, later, sent, the
from tests.mail.conftest import a_chunk
from tests.mail.servers import Free, Moody, running
from tests.membership.memberships.test_renewal import changes
from tests.membership.people import a_network_with_rules, an_admitted, applies
from tests.record.test_readers import as_before

pytestmark = pytest.mark.usefixtures("context")
NOWHERE = "-"
"""It fails at once, and the mail itself says why."""
WITHOUT_ROWS = {
    "say that the worker lives": "has one row, its own",
    "write down who was erased": "one list, written whole or tried again",
    "watch mail": "reads, and writes a line in the log",
    "look through the database": "reads, and has one row for what was found",
    "forget what is over": "its rows are the list of what failed, and nothing waits for them",
}
"""Duties in which no row can stand in another's way, and why."""
Row = tuple[int, int]
"""The network that a thing is in, and its key."""


@dataclass(frozen=True)
class Case:
    """Two things that one duty has to do: `make` brings them about, the first is broken, `done` finds those that were done."""

    duty: str
    book: str
    """Under what name its failures are kept."""
    make: Callable[[MovedClock], Sequence[Row]]
    breaks: Callable[[int, int], None]
    done: Callable[[set[int]], set[int]]
    """Of the keys, those of what was done."""


def two(make: Callable[[Network], int], **rules: object) -> Sequence[Row]:
    """One thing in each of two networks."""
    found = []
    for slug in ("bad", "good"):
        network = builders.a_network(slug, parameters=json.dumps(rules))
        found.append((network.id, make(network)))
    return found


# How a row is broken


def headless(network_id: int, _key: int) -> None:
    """The head of its network's record is missing: nothing can be recorded there, as after half a restore."""
    with transaction():
        db.session.delete(db.session.get_one(ChainHead, network_id))


def nowhere(network_id: int, _key: int) -> None:
    """Its network lies in a zone that nobody knows."""
    with transaction():
        db.session.get_one(Network, network_id).zone = "Nowhere/At-all"


def unwritable(_network_id: int, membership_id: int) -> None:
    """Its member's address is one to which no mail can go."""
    with transaction():
        person_id = db.session.get_one(Membership, membership_id).person_id
        row = db.session.scalars(select(PersonEmail).where(PersonEmail.person_id == person_id)).one()
        row.address = f"o\u2019{row.address}"


def refuses(table: str, doing: str = "UPDATE", column: str = "id") -> Callable[[int, int], None]:
    """The database refuses to do anything to the row, as with a damaged page or a key that points nowhere."""

    def breaks(_network_id: int, key: int) -> None:
        when = f"BEFORE {doing} ON {table}"
        with transaction():
            if db.engine.dialect.name == "sqlite":
                body = f"WHEN OLD.{column} = {key} BEGIN SELECT RAISE(ABORT, 'poison'); END"
                db.session.execute(text(f"CREATE TRIGGER poison {when} {body}"))
                return
            raises = "BEGIN RAISE EXCEPTION 'poison'; END"
            db.session.execute(
                text(f"CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ {raises} $$")
            )
            body = f"FOR EACH ROW WHEN (OLD.{column} = {key}) EXECUTE FUNCTION poison()"
            db.session.execute(text(f"CREATE TRIGGER poison {when} {body}"))

    return breaks


@pytest.fixture(autouse=True)
def _no_poison_left(context: None) -> Iterator[None]:
    yield
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        with transaction():
            db.session.execute(text("DROP FUNCTION IF EXISTS poison CASCADE"))


# Things that are due


def letters(time: MovedClock) -> Sequence[Row]:
    found = two(lambda network: a_letter(network, builders.a_member(network)))
    time.move(to=the(found[0][1]).deadline)
    return found


def replies(time: MovedClock) -> Sequence[Row]:
    people: list[Person] = []

    def start(network: Network) -> int:
        people.append(builders.a_member(network))
        return a_letter(network, people[-1])

    found = two(start)
    time.move(to=the(found[0][1]).deadline)
    db.session.rollback()
    assert letters_closing.close_due() == 2
    for (_network, key), person in zip(found, people, strict=True):
        sent(key, person, due=later(3))
    time.move(timedelta(days=5))
    return found


def found_people(_time: MovedClock) -> Sequence[Row]:
    network = a_network_with_rules()
    with transaction():
        rows = read_roster(b"name,email,kind,as\nN,n@example.org,,member\nM,m@example.org,,member\n").rows
        imports.import_roster(network, rows, go=True, via=Door.CLI)
    return [(network.id, key) for key in db.session.scalars(select(Membership.id).order_by(Membership.id))]


def lists(time: MovedClock) -> Sequence[Row]:
    network = a_network_with_rules()
    for name in "nm":
        with transaction():
            rows = read_roster(f"{name}@example.org\n".encode()).rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)
    time.move(timedelta(days=60))
    return [
        (network.id, key) for key in db.session.scalars(select(RosterImport.id).order_by(RosterImport.id))
    ]


def a_membership(network: Network) -> int:
    person = builders.a_member(network)
    return db.session.scalars(select(Membership.id).where(Membership.person_id == person.id)).one()


def renewals(*steps: int) -> Callable[[MovedClock], Sequence[Row]]:
    """Two members to be asked; after each of the days the worker has done what was due."""

    def make(time: MovedClock) -> Sequence[Row]:
        found = two(a_membership, **{"membership.renewal_months": 12})
        for days in steps[:-1]:
            time.move(timedelta(days=days))
            run("renew memberships")
        time.move(timedelta(days=steps[-1]))
        return found

    return make


def outdated(time: MovedClock) -> Sequence[Row]:
    found = renewals(366, 1)(time)
    for network_id, _key in found:
        changes(db.session.get_one(Network, network_id), **{"membership.renewal_months": 0})
    return found


def coming(time: MovedClock) -> Sequence[Row]:
    found = []
    for slug in ("bad", "good"):
        network = a_network_with_rules(slug, **{"membership.objection_days": 14})
        sam = builders.a_steering_member(network)
        row = an_admitted(network, builders.acting(sam, network), email=f"{slug}@example.org")
        found.append((network.id, row.id))
    time.move(timedelta(days=14))
    return found


def unconfirmed(time: MovedClock) -> Sequence[Row]:
    network = a_network_with_rules()
    rows = [applies(network, email=f"n{number}@example.org") for number in range(2)]
    time.move(timedelta(days=20))
    return [(network.id, row.id) for row in rows if row is not None]


def entries(_time: MovedClock) -> Sequence[Row]:
    def ask(network: Network) -> int:
        ann = builders.a_member(network)
        builders.a_member(network)
        a_proposal(network, ann)
        return db.session.scalars(
            select(Entry.id).where(Entry.network_id == network.id, Entry.verb == "decisions.opened")
        ).one()

    found = two(ask)
    return found


def mails(_time: MovedClock) -> Sequence[Row]:
    network = builders.a_network()
    for name in "ab":
        with transaction():
            to = Address(f"{name}@example.org", name)
            outbox.post(
                "mail/confirm", to=to, context={"confirm_url": "https://example.org/x"}, network=network
            )
    return [(network.id, key) for key in db.session.scalars(select(Delivery.id).order_by(Delivery.id))]


def chunks(time: MovedClock) -> Sequence[Row]:
    """Recipients of two large mails who have no delivery yet."""
    people = [builders.a_person(f"Person {n}", email=f"large-{n}@example.org").id for n in range(2)]
    rows = mails(time)
    with transaction():
        for (_network_id, delivery_id), person_id in zip(rows, people, strict=True):
            mail_id = db.session.get_one(Delivery, delivery_id).mail_id
            db.session.add(a_chunk(mail_id, [person_id]))
    keys = db.session.scalars(select(RecipientChunk.id).order_by(RecipientChunk.id))
    return [(network_id, key) for (network_id, _), key in zip(rows, keys, strict=True)]


def in_hand(time: MovedClock) -> Sequence[Row]:
    found = mails(time)
    with transaction():
        lease = {"lease_owner": "dead", "lease_until": clock.now(), "state": DeliveryState.IN_HAND}
        db.session.execute(update(Delivery).values(lease))
    time.move(timedelta(minutes=10))
    return found


def went_out(time: MovedClock) -> Sequence[Row]:
    found = mails(time)
    with transaction():
        db.session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED))
    time.move(timedelta(days=40))
    keys = db.session.scalars(select(Rendering.id).order_by(Rendering.id)).all()
    return [(network, key) for (network, _key), key in zip(found, keys, strict=True)]


def too_late(time: MovedClock) -> Sequence[Row]:
    found = mails(time)
    time.move(timedelta(days=30))
    return found


def unsendable(_network_id: int, key: int) -> None:
    """It is to an address that no mail can go to."""
    with transaction():
        db.session.get_one(Delivery, key).address = "nell@example org"


def came_in(_time: MovedClock) -> Sequence[Row]:
    networks = [a_network_with_rules(slug) for slug in ("bad", "good")]
    for name, network in zip("nm", networks, strict=True):
        with transaction():
            rows = read_roster(f"name,email,kind,as\n{name},{name}@example.org,,member\n".encode()).rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)
    membership_duties.ask_found()
    contacts = db.session.scalars(
        select(Mail.contact).where(Mail.template == "membership/confirm_membership").order_by(Mail.id)
    ).all()
    keys = []
    for sender, contact in zip("nm", contacts, strict=True):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = f"{sender}@example.org", "Re: Are you still a member?"
        mail.set_content("Yes")
        keys.append(intake.store(mail.as_bytes(), contact or "").id)
    return [(network.id, key) for network, key in zip(networks, keys, strict=True)]


def read_long_ago(time: MovedClock) -> Sequence[Row]:
    found = came_in(time)
    assert intake.run() == 2
    time.move(timedelta(days=40))
    return found


def a_digest(time: MovedClock) -> Sequence[Row]:
    found = two(lambda network: network.id)
    run("digest")
    time.move(timedelta(days=8))
    return found


def hidden(time: MovedClock) -> Sequence[Row]:
    def hide(network: Network) -> int:
        ann, sam = builders.a_member(network), builders.a_steering_member(network)
        post_id = a_post(a_thread(a_topic(network), ann), ann).id
        with transaction():
            post = db.session.get_one(Post, post_id)
            by = builders.acting(sam, network)
            gone = HidingKind.REMOVED
            return moderation_actions.hide(
                post, by=by, kind=gone, reason="Private.", law=True, via=Door.WEB
            ).id

    found = two(hide)
    time.move(timedelta(days=14))
    return found


def named(_time: MovedClock) -> Sequence[Row]:
    def speaks(network: Network) -> int:
        rita = builders.a_person("Rita Voice")
        builders.an_organisation(network, f"Shed {network.id}", spoken_for_by=rita)
        whose = select(Membership).where(Membership.network_id == network.id)
        with transaction():
            as_before(network, rita, db.session.scalars(whose).one())
        return network.id

    return two(speaks)


def announcements(time: MovedClock) -> Sequence[Row]:
    found = two(lambda network: ordered(network, builders.a_coordinator(network)).id)
    time.move(timedelta(minutes=10))
    return found


def proposals(**ahead: float) -> Callable[[MovedClock], Sequence[Row]]:
    """Two questions, so long before they close."""

    def make(time: MovedClock) -> Sequence[Row]:
        def ask(network: Network) -> int:
            return version_of(a_proposal(network, builders.a_member(network))).id

        found = two(ask)
        time.move(to=db.session.get_one(ProposalVersion, found[0][1]).deadline - timedelta(**ahead))
        db.session.rollback()
        return found

    return make


def elsewhere(time: MovedClock) -> Sequence[Row]:
    def write(network: Network) -> int:
        return taken(network, builders.a_steering_member(network), told=False).id

    found = two(write)
    time.move(timedelta(minutes=10))
    return [(network, version_of(db.session.get_one(Proposal, key)).id) for network, key in found]


def unopposed(time: MovedClock) -> Sequence[Row]:
    def write(network: Network) -> int:
        return version_of(taken(network, builders.a_steering_member(network))).id

    found = two(write)
    time.move(timedelta(days=8))
    return found


def waiting_words(time: MovedClock) -> Sequence[Row]:
    def write(network: Network) -> int:
        ann = builders.a_member(network)
        proposal = a_proposal(network, ann)
        by, words = builders.acting(ann, network), Wording("Ten seats?", "Ten.")
        with transaction():
            row = db.session.merge(proposal)
            rewording.wait(row, words, because="Ten is even.", by=by, via=Door.WEB, seen=1)
        return db.session.scalars(select(Rewording.id).where(Rewording.proposal_id == proposal.id)).one()

    found = two(write)
    time.move(timedelta(minutes=10))
    return found


def decided(**what: Any) -> Callable[[MovedClock], list[Row]]:
    """Two decisions, the day before something is due of them."""

    def make(time: MovedClock) -> list[Row]:
        def ask(network: Network) -> int:
            return asked(network, builders.a_member(network), **what).id

        found = two(ask)
        time.move(to=version_of(db.session.get_one(Proposal, found[0][1])).deadline)
        db.session.rollback()
        assert actions.close_due() == 2
        time.move(timedelta(days=90))
        keys = db.session.scalars(select(Decision.id).order_by(Decision.network_id)).all()
        return [(network, key) for (network, _proposal), key in zip(found, keys, strict=True)]

    return make


def drafts(time: MovedClock) -> Sequence[Row]:
    def draft(network: Network) -> int:
        return a_draft(network, builders.a_member(network)).id

    found = two(draft, **{"decisions.notice_days": 3})
    time.move(timedelta(days=3))
    return found


def links(time: MovedClock) -> Sequence[Row]:
    for number in range(2):
        now, mark = clock.now(), f"{number}" * 64
        with transaction():
            db.session.add(
                SignInLink(
                    token_digest=mark, code_digest=mark, browser_digest=mark, counted=mark, asked_at=now,
                    until=now + timedelta(minutes=10),
                )
            )  # fmt: skip
    time.move(timedelta(days=3))
    return [(0, key) for key in db.session.scalars(select(SignInLink.id).order_by(SignInLink.id))]


def sessions(time: MovedClock) -> Sequence[Row]:
    person, now = builders.a_person(), clock.now()
    for number in range(2):
        with transaction():
            row = SignedInSession(digest=f"{number}" * 64, person_id=person.id, began_at=now, seen_at=now)
            db.session.add(row)
    time.move(timedelta(days=800))
    return [(0, key) for key in db.session.scalars(select(SignedInSession.id).order_by(SignedInSession.id))]


def moves(time: MovedClock) -> Sequence[Row]:
    for number in range(2):
        person = builders.a_person()
        with transaction():
            row = AddressChange(
                person_id=person.id, address=f"new{number}@example.org", token_digest=f"{number}" * 64,
                asked_at=clock.now(),
            )  # fmt: skip
            db.session.add(row)
    time.move(timedelta(days=10))
    return [(0, key) for key in db.session.scalars(select(AddressChange.id).order_by(AddressChange.id))]


def a_term(network: Network) -> int:
    builders.a_steering_member(network)
    return db.session.scalars(select(Term.id).where(Term.network_id == network.id)).one()


def a_mandate(network: Network) -> int:
    builders.a_coordinator(network)
    return db.session.scalars(select(Mandate.id).where(Mandate.network_id == network.id)).one()


def in_days(make: Callable[[Network], int], days: int = 0) -> Callable[[MovedClock], Sequence[Row]]:
    def both(time: MovedClock) -> Sequence[Row]:
        found = two(make)
        time.move(timedelta(days=days))
        return found

    return both


def gone_member(network: Network) -> int:
    """A term whose holder resigned, which nothing has noticed."""
    key = a_term(network)
    with transaction():
        person_id = db.session.get_one(Term, key).person_id
        row = db.session.scalars(select(Membership).where(Membership.person_id == person_id)).one()
        row.state, row.end = MembershipState.RESIGNED, clock.today(network.zone)
    return key


def unfit(network: Network) -> int:
    """A place for organisations, whose holder speaks for none any more."""
    body = builders.a_committee(network)
    person = builders.a_member(network)
    builders.an_organisation(network, f"Shed {network.id}", spoken_for_by=person)
    key = builders.seated(body, person).id
    with transaction():
        seat = db.session.get_one(Seat, db.session.get_one(Term, key).seat_id)
        seat.constituency = Constituency.ORGANISATION
        voice = select(Representation).where(Representation.person_id == person.id)
        db.session.scalars(voice).one().end = clock.today(network.zone)
    return key


def overdue(time: MovedClock) -> Sequence[Row]:
    found = two(unfit)
    run("see who fits their place")
    time.move(timedelta(days=40))
    return found


def gone(table: Any) -> Callable[[set[int]], set[int]]:
    return lambda keys: keys - set(db.session.scalars(select(table.id)))


def where(key: Any, *which: Any) -> Callable[[set[int]], set[int]]:
    return lambda keys: keys & set(db.session.scalars(select(key).where(*which)))


def gone_effects(keys: set[int]) -> set[int]:
    return keys - set(db.session.scalars(select(PendingEffect.decision_id)))


def forgotten(keys: set[int]) -> set[int]:
    return keys & set(
        db.session.scalars(select(RosterImport.id).where(RosterImport.forgotten_at.is_not(None)))
    )


def told(keys: set[int]) -> set[int]:
    query = select(V.id).join(OffsiteDecision, OffsiteDecision.proposal_id == V.proposal_id)
    return keys & set(db.session.scalars(query.where(OffsiteDecision.told_at.is_not(None))))


M, V = Membership, ProposalVersion
RENEW = "renew memberships"
CASES = [
    Case("close letters", "", letters, headless, where(Letter.id, Letter.state == LetterState.GATHERED)),
    Case("say that replies are overdue", "", replies, nowhere, where(Letter.id, Letter.reminded_at.is_not(None))),
    Case("ask those found to confirm", "", found_people, unwritable, where(M.id, M.asked_at.is_not(None))),
    Case(RENEW, "ask members to renew", renewals(366), unwritable, where(M.id, M.renewal_asked_at.is_not(None))),
    Case(RENEW, "remind members to renew", renewals(366, 53), unwritable, where(M.id, M.renewal_reminded_at.is_not(None))),
    Case(RENEW, "let memberships run out", renewals(366, 53, 7), headless, where(M.id, M.state == MembershipState.LAPSED)),
    Case(RENEW, "forget that members were asked", outdated, refuses("membership"), where(M.id, M.renewal_asked_at.is_(None))),
    Case("forget uploaded lists", "", lists, refuses("roster_import"), forgotten),
    Case("have admissions take effect", "", coming, headless,
         where(Application.id, Application.state == ApplicationState.ADMITTED)),
    Case("forget unconfirmed applications", "", unconfirmed, refuses("application", "DELETE"), gone(Application)),
    Case("tell", "", entries, nowhere, where(Telling.entry_id, Telling.done_at.is_not(None))),
    Case("send", NOWHERE, mails, unsendable, where(Delivery.id, Delivery.state == DeliveryState.ACCEPTED)),
    Case("make deliveries", "", chunks, refuses("recipient_chunk", "DELETE"), gone(RecipientChunk)),
    Case("read mail", "", came_in, headless, where(InboundMail.id, InboundMail.fate == Fate.DONE)),
    Case("forget mail that was read", "", read_long_ago, refuses("inbound_mail"),
         where(InboundMail.id, InboundMail.raw.is_(None))),
    Case("digest", "", a_digest, nowhere, where(WeeklyDigest.network_id, WeeklyDigest.at >= START + timedelta(days=8))),
    Case("sweep mail", "take back mail in hand", in_hand, refuses("delivery"),
         where(Delivery.id, Delivery.state == DeliveryState.QUEUED)),
    Case("sweep mail", "give up late mail", too_late, refuses("delivery"),
         where(Delivery.id, Delivery.state == DeliveryState.EXPIRED)),
    Case("sweep mail", "empty old mail", went_out, refuses("mail_rendering"), where(Rendering.id, Rendering.body.is_(None))),
    Case("remove what the law wants gone", "", hidden, headless, where(Hiding.id, Hiding.kind == HidingKind.REMOVED)),
    Case("remove names that are for members", "", named, headless, where(Entry.network_id, Entry.words.is_(None))),
    Case("send announcements", "", announcements, headless, where(Announcement.id, Announcement.state == AnnouncementState.SENT)),
    Case("close proposals", "", proposals(), headless, where(V.id, V.state == VersionState.CLOSED)),
    Case("remind of the last day", "", proposals(hours=23), headless, where(V.id, V.reminded_at.is_not(None))),
    Case("tell what was decided elsewhere", "", elsewhere, headless, told),
    Case("let stand what was decided elsewhere", "", unopposed, headless, where(V.id, V.state == VersionState.CLOSED)),
    Case("ask again in new words", "", waiting_words, headless, gone(Rewording)),
    Case("keep the dates of decisions", "", decided(review=date(2015, 7, 1)), headless, where(ReviewReminder.decision_id)),
    Case("put decided rules into force", "", decided(in_force=date(2015, 7, 1), committee__seats=7), headless, gone_effects),
    Case("say that drafts can be asked", "", drafts, nowhere, where(Draft.id, Draft.ready_at.is_not(None))),
    Case("forget old sign-in links", "", links, refuses("sign_in_link", "DELETE"), gone(SignInLink)),
    Case("forget old sign-in links", "forget old sessions", sessions, refuses("signed_in_session", "DELETE"),
         gone(SignedInSession)),
    Case("forget old addresses", "", moves, refuses("address_change", "DELETE"), gone(AddressChange)),
    Case("end offices", "end terms", in_days(a_term, 400), nowhere, where(Term.id, Term.end_recorded_at.is_not(None))),
    Case("end offices", "end mandates", in_days(a_mandate, 400), nowhere,
         where(Mandate.id, Mandate.end_recorded_at.is_not(None))),
    Case("end offices of those who left", "", in_days(gone_member), nowhere, where(Term.id, Term.ended_why.is_not(None))),
    Case("see who fits their place", "", in_days(unfit), nowhere, where(Term.id, Term.unfit_why.is_not(None))),
    Case("see who fits their place", "end offices of those who do not fit", overdue, headless,
         where(Term.id, Term.ended_why.is_not(None))),
]  # fmt: skip


def run(name: str) -> None:
    """One turn of the duty, as the worker has it."""
    worker.tick([next(one for one in duties.duties() if one.name == name)], {})


@pytest.fixture(autouse=True)
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail server that takes everything, and to which mail comes."""
    monkeypatch.setitem(app.config, "MAIL_REPLIES", "replies+{token}@govnet.example.org")
    settings = app.extensions["mail"]
    before = settings.server, settings.port
    with running(Free(Moody())) as port:
        settings.server, settings.port = "127.0.0.1", port
        yield
    settings.server, settings.port = before


def test_every_duty_has_a_poisoned_row_or_has_no_rows() -> None:
    assert {case.duty for case in CASES} | WITHOUT_ROWS.keys() == {one.name for one in duties.duties()}
    assert not {case.duty for case in CASES} & WITHOUT_ROWS.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.book if case.book.strip("-") else case.duty)
def test_a_poisoned_row_stops_nothing_but_itself_and_is_shown(case: Case, time: MovedClock) -> None:
    (network_id, bad), (_network, good) = case.make(time)
    assert case.done({bad, good}) == set(), "nothing is done before its time"
    case.breaks(network_id, bad)
    run(case.duty)
    assert case.done({bad, good}) == {good}
    for _turn in range(duties.TRIES - 1):
        time.move(timedelta(minutes=75))
        run(case.duty)
    assert case.done({bad, good}) == {good}
    shown = [] if case.book == NOWHERE else [(case.book or case.duty, bad)]
    assert [(row.duty, row.thing) for row in duties.set_aside()] == shown
