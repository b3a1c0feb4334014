"""Something due for every duty of the worker, each in a network of its own, three things where there can be three."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import insert, select, update

from govnet.charter.models import Network
from govnet.decisions import queries as decisions
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import rewording
from govnet.digest import actions as digest_actions
from govnet.extensions import db
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import HidingKind
from govnet.kernel import clock, duties
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail import models
from govnet.mail.headers import Address
from govnet.mail.incoming import intake, reply_handlers
from govnet.mail.models import Delivery, Mail, MailLine
from govnet.mail.outgoing import distribution, outbox
from govnet.mail.preferences.actions import set_volume, take_over
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import Volume
from govnet.membership.applications import decisions as applications_decisions
from govnet.membership.models import ApplicationState, Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.offices.models import Constituency, Seat
from govnet.people.models import Representation
from govnet.sign_in import links
from govnet.sign_in.models import AddressChange, SignInLink
from tests import builders
from tests.announcements.builders import ordered
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, taken, version_of
from tests.decisions.drafts.builders import a_draft
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters import builders as letters
from tests.mail.conftest import a_chunk
from tests.membership import people
from tests.record.test_readers import as_before

SEVERAL = 3
REPLIES = "replies+{token}@govnet.example.org"
LATER = timedelta(days=43)
"""From the first of these things to the moment at which all of them are due."""
OF_EACH = frozenset(
    {"say that the worker lives", "look through the database", "watch mail", "write down who was erased"}
)
"""Duties that each worker does for itself, or that write one row or one file about the database."""
DUE: dict[str, Callable[[], object]] = {}


def due(name: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare what makes something due for that duty."""

    def declare(make: Callable[[], object]) -> Callable[[], object]:
        DUE[name] = make
        return make

    return declare


def make(time: MovedClock) -> None:
    """Make all of it, and stand where all of it is due. The clock begins two years before what is not about renewal."""
    start = time.at
    time.move(to=start - timedelta(days=800))
    yearly()
    time.move(to=start)
    for name in DUE:
        if DUE[name] is not yearly:
            DUE[name]()
    time.move(LATER)


@due("renew memberships")
def yearly() -> None:
    network = people.a_network_with_rules("due-yearly", **{"membership.renewal_months": 12})
    for number in range(SEVERAL):
        builders.a_member(network, f"Yearly {number}")
    organisation = builders.an_organisation(network, "Yearly Shed")
    assert organisation.id


@due("ask those found to confirm")
def found() -> None:
    network = people.a_network_with_rules("due-found")
    rows = "".join(f"F{n},f{n}@example.org,,individual,member\n" for n in range(SEVERAL))
    with transaction():
        roster = read_roster(f"name,email,organisation,kind,as\n{rows}".encode())
        imports.import_roster(network, roster.rows, go=True, via=Door.CLI)


@due("forget uploaded lists")
def listed() -> None:
    network = people.a_network_with_rules("due-listed")
    for number in range(SEVERAL):
        with transaction():
            rows = read_roster(f"list{number}@example.org\n".encode()).rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)


@due("have admissions take effect")
def announced() -> None:
    rules = {"membership.admission": "coordinator", "membership.objection_days": 14}
    network = people.a_network_with_rules("due-announced", **rules)
    cory = builders.a_coordinator(network)
    for number in range(SEVERAL):
        row = people.a_waiting_application(network, name=f"New {number}", email=f"new{number}@example.org")
        with transaction():
            applications_decisions.admit(row, by=builders.acting(cory, network), via=Door.WEB)
        assert row.state is ApplicationState.ANNOUNCED


@due("forget unconfirmed applications")
def unconfirmed() -> None:
    network = people.a_network_with_rules("due-unconfirmed")
    for number in range(SEVERAL):
        people.applies(network, email=f"never{number}@example.org")


@due("close letters")
def open_letters() -> None:
    network = a_network_with_rules("due-open-letters")
    for person in members(network, SEVERAL):
        letters.a_letter(network, person)


@due("say that replies are overdue")
def sent_letters() -> None:
    network = a_network_with_rules("due-sent-letters")
    for person in members(network, SEVERAL):
        key = letters.a_letter(network, person)
        with clock.moved_to(letters.the(key).deadline):
            db.session.rollback()
            closing_letters(key)
            letters.sent(key, person, due=letters.later(20))


def closing_letters(key: int) -> None:
    """Close that letter at its deadline."""
    from govnet.letters import closing as letter_closing

    with transaction():
        assert letter_closing._close(key)


@due("send announcements")
def scheduled() -> None:
    network = a_network_with_rules("due-scheduled")
    cory = builders.a_coordinator(network)
    for number in range(SEVERAL):
        with transaction():
            take_over(network, f"reader{number}@example.org")
    for _ in range(SEVERAL):
        ordered(network, cory)


@due("close proposals")
def open_proposals() -> None:
    network = a_network_with_rules("due-open-proposals")
    ann, bob = members(network, 2)
    for _ in range(SEVERAL):
        proposal = a_proposal(network, ann)
        answered(proposal, network, AnswerKind.AGREE, ann, bob)


@due("remind of the last day")
def last_day() -> None:
    network = a_network_with_rules("due-last-day")
    (ann,) = members(network, 1)
    closes = (clock.now() + LATER).date()
    for _ in range(SEVERAL):
        a_proposal(network, ann, closes=closes)


@due("tell what was decided elsewhere")
def elsewhere() -> None:
    network = a_network_with_rules("due-elsewhere")
    sam = builders.a_steering_member(network)
    for _ in range(SEVERAL):
        proposal = taken(network, sam, late_because="We forgot.", told=False)
        with transaction():
            row = version_of(proposal)
            row.deadline = clock.now() + timedelta(days=56)  # open still, when it is told


@due("let stand what was decided elsewhere")
def unopposed() -> None:
    network = a_network_with_rules("due-unopposed")
    sam = builders.a_steering_member(network)
    for _ in range(SEVERAL):
        taken(network, sam, late_because="We forgot.")


@due("ask again in new words")
def reworded() -> None:
    network = a_network_with_rules("due-reworded")
    (ann,) = members(network, 1)
    closes = (clock.now() + timedelta(days=56)).date()
    for _ in range(SEVERAL):
        proposal = a_proposal(network, ann, closes=closes)
        with transaction():
            row = decisions.proposal_whole(proposal.id)
            words = Wording("Should the committee have 10 seats?", "Ten seats.", {})
            by = builders.acting(ann, network)
            rewording.wait(row, words, because="Ten is even.", by=by, via=Door.WEB, seen=1)


@due("keep the dates of decisions")
def dated() -> None:
    network = a_network_with_rules("due-dated")
    (ann,) = members(network, 1)
    for _ in range(SEVERAL):
        _decided(network, ann, Wording("Should we meet?", "We meet."), review=clock.now().date() + LATER / 2)


@due("put decided rules into force")
def decided_rules() -> None:
    network = a_network_with_rules("due-decided-rules")
    (ann,) = members(network, 1)
    for number in range(SEVERAL):
        more = More(in_force_on=(clock.now() + LATER / 2).date())
        rules = {"decisions.minimum_days_open": 9 + number}
        _decided(network, ann, Wording(f"{9 + number} days?", "Days.", rules, more))


def _decided(network: Network, by: Any, words: Wording, *, review: date | None = None) -> None:
    """Ask it, agree to it, and close it at its deadline."""
    from govnet.decisions.proposals import actions

    with transaction():
        ask = Ask("charter" if words.changes else "statement", review_on=review)
        proposal = actions.propose(network, words, ask, by=builders.acting(by, network), via=Door.WEB)
    answered(proposal, network, AnswerKind.AGREE, by)
    version = version_of(proposal)
    with clock.moved_to(version.deadline):
        db.session.rollback()
        with transaction():
            assert closing_actions.close(version.id)


@due("say that drafts can be asked")
def drafted() -> None:
    network = a_network_with_rules("due-drafted", decisions__notice_days=3)
    (ann,) = members(network, 1)
    for _ in range(SEVERAL):
        a_draft(network, ann)


@due("remove what the law wants gone")
def hidden() -> None:
    network = a_network_with_rules("due-hidden")
    sam, ann = builders.a_steering_member(network), builders.a_member(network)
    thread = a_thread(a_topic(network), ann)
    for _ in range(SEVERAL):
        post = a_post(thread, ann, "Her number is 020 7946 0123.")
        with transaction():
            by = builders.acting(sam, network)
            moderation_actions.hide(
                post, by=by, kind=HidingKind.REMOVED, reason="Private.", law=True, via=Door.WEB
            )  # fmt: skip


@due("end offices")
def ending() -> None:
    network = a_network_with_rules("due-ending")
    body = builders.a_committee(network, seats=SEVERAL)
    for number in range(SEVERAL):
        builders.seated(body, builders.a_member(network), seat=number + 1, days=30)
    builders.a_coordinator(network, days=30)


@due("end offices of those who left")
def leaving() -> None:
    network = a_network_with_rules("due-leaving")
    body = builders.a_committee(network, seats=SEVERAL)
    for number in range(SEVERAL):
        person = builders.a_member(network)
        builders.seated(body, person, seat=number + 1)
        with transaction():
            row = db.session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
            row.state, row.end = MembershipState.RESIGNED, clock.now().date()


@due("see who fits their place")
def unfit() -> None:
    network = a_network_with_rules("due-unfit")
    body = builders.a_committee(network, seats=SEVERAL)
    for number in range(SEVERAL):
        person = builders.a_member(network)
        builders.an_organisation(network, f"Unfit Shed {number}", spoken_for_by=person)
        with transaction():
            place = select(Seat).where(Seat.body_id == body.id, Seat.position == number + 1)
            db.session.scalars(place).one().constituency = Constituency.ORGANISATION
        builders.seated(body, person, seat=number + 1)
        with transaction():
            spoken = select(Representation).where(Representation.person_id == person.id)
            db.session.scalars(spoken).one().end = clock.now().date()


@due("digest")
def weekly() -> None:
    for slug in ("due-weekly", "due-newly"):
        network = a_network_with_rules(slug)
        for person in members(network, SEVERAL):
            with transaction():
                set_volume(builders.acting(person, network), network, Volume.DIGEST)
        if slug == "due-weekly":
            digest_actions._begin(network.id)
            a_thread(a_topic(network), person)


@due("tell")
def untold() -> None:
    network = a_network_with_rules("due-untold")
    ann, *_others = members(network, SEVERAL + 1)
    a_thread(a_topic(network), ann)


@due("make deliveries")
def unmade() -> None:
    network = a_network_with_rules("due-unmade")
    ids = [person.id for person in members(network, 2 * SEVERAL)]
    with transaction():
        mail_id = outbox.post(
            "mail/confirm", to=Address("large@example.org"), context={"confirm_url": "https://example.org/x"},
            network=network,
        )  # fmt: skip
        db.session.add_all(a_chunk(mail_id, ids[n::SEVERAL]) for n in range(SEVERAL))


@due("send")
def unsent() -> None:
    while distribution.run():
        pass
    with transaction():
        moment = clock.now() + LATER
        waiting = Delivery.state == DeliveryState.QUEUED
        db.session.execute(update(Delivery).where(waiting).values(limit_at=moment + timedelta(days=5)))
        db.session.execute(insert(MailLine).values(id=1))


@due("sweep mail")
def unswept() -> None:
    with transaction():
        keys = db.session.scalars(select(Delivery.id).order_by(Delivery.id.desc()).limit(2)).all()
        lost = {"state": DeliveryState.IN_HAND, "lease_owner": "send-dead", "lease_until": clock.now()}
        db.session.execute(update(Delivery).where(Delivery.id == keys[0]).values(lost))
        db.session.execute(update(Delivery).where(Delivery.id == keys[1]).values(limit_at=clock.now()))
        db.session.execute(update(Mail).values(made_at=clock.now()))


@due("read mail")
def unread() -> None:
    for number in range(SEVERAL):
        _comes(number)


@due("forget mail that was read")
def read() -> None:
    row = _comes(SEVERAL)
    with transaction():
        row = db.session.merge(row)
        row.fate, row.read_at = models.Fate.IGNORED, clock.now()


def _comes(number: int) -> Any:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "ann@example.org", "Re", f"<{number}@example.org>"
    mail.set_content("Yes")
    row = intake.store(mail.as_bytes(), reply_handlers.address("confirm", 999, number))
    with transaction():
        db.session.merge(row).next_at = clock.now()
    return row


@due("forget old sign-in links")
def sign_in() -> None:
    with transaction():
        for number in range(SEVERAL):
            marks = {name: _digest(f"{name}{number}") for name in ("token_digest", "code_digest")}
            row = SignInLink(**marks, browser_digest=_digest("browser"), asked_at=clock.now())
            row.until, row.counted = clock.now() + timedelta(hours=1), _digest("counted")
            db.session.add(row)
    assert links.forget_old() == 0


@due("forget old addresses")
def moved() -> None:
    for number in range(SEVERAL):
        person = builders.a_person()
        with transaction():
            address, token = f"moved{number}@example.org", _digest(f"moved{number}")
            row = AddressChange(
                person_id=person.id, address=address, token_digest=token, asked_at=clock.now()
            )  # fmt: skip
            db.session.add(row)


@due("remove names that are for members")
def public_names() -> None:
    network = a_network_with_rules("due-public-names")
    for number in range(SEVERAL):
        person = builders.a_member(network)
        builders.an_organisation(network, f"Public Shed {number}", spoken_for_by=person)
        membership = (
            select(Membership).where(Membership.organisation_id.is_not(None)).order_by(Membership.id.desc())
        )
        with transaction():
            as_before(network, person, db.session.scalars(membership).first())


@due("forget what is over")
def failed() -> None:
    for number in range(SEVERAL):
        duties.failed("a duty that was", number + 1, ValueError("no"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
