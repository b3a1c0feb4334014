"""A network of any size, its rows put in at once and the same at every run: one of everything, and then many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

WHEN = datetime(2015, 4, 13, 9, tzinfo=UTC)
AT_ONCE = 5_000
SPAN = timedelta(days=900)
"""In which everything happened, however much it is."""
LEAST = 250
"""Rows of each list, also in a small network: more than a page shows, so that both networks show a page."""
THREADS = 150
OPEN_THREADS = 20
"""Discussions that the member began, and follows, in networks of any size."""

Members = Sequence[tuple[int, int]]
"""The keys of people and of their memberships."""


def fill(scale: float) -> tuple[dict[str, int], dict[str, Sequence[str]]]:
    """Make the network. Returns the person in each role, and the things that are read for each part of an address."""
    from benchmarks import _single
    from govnet.extensions import db
    from govnet.kernel import clock
    from govnet.kernel.transaction import transaction
    from tests import builders
    from tests.announcements.builders import a_draft
    from tests.decisions.many import a_long_register
    from tests.forum.made import a_topic
    from tests.letters.builders import a_letter
    from tests.membership.people import a_network_with_rules
    from tests.record.test_readers import RULES, World

    def several(many: int) -> int:
        return max(LEAST, int(many * scale))

    with clock.moved_to(WHEN - SPAN):
        network = a_network_with_rules(**RULES)
    world = World(network)
    network_id, author_id, asked = network.id, world.kim.id, several(10_000)
    roles = {
        **world.people,
        "author": author_id,
        "coordinator": builders.a_coordinator(network, "Cora Coordinator").id,
        "operator": builders.an_operator().id,
    }
    topics = [1, *(a_topic(network, f"Topic number {n}").id for n in range(8))]
    letter_id = a_letter(network, world.kim)
    draft_id, sent_id = (
        a_draft(network, world.sam, subject=words).id for words in ("To be sent", "It was sent")
    )
    with transaction():
        members = _members(network_id, int(100_000 * scale))
        _organisations(network_id, several(2_000), members)
        _applications(network_id, several(50_000), members, waiting=several(1_000))
        threads = _posts(network_id, topics, members, several(1_000_000), roles["member"])
        _names(letter_id, members[: several(10_000)])
        _subscriptions(network_id, members, several(10_000))
    proposal_id, _version = _asked(world, "Should we meet twice a year?")
    with clock.moved_to(WHEN - timedelta(days=30)):
        _proposal_id, version_id = _asked(world, "Should we have a library?")
    a_long_register(
        db.session.get_one(builders.Network, network_id),
        db.session.get_one(builders.Person, author_id),
        asked,
        topics=tuple(topics),
    )
    with transaction():
        number = _closed(version_id)
        first = _entries(network_id, several(1_000_000), threads, sent_id)
        _mails(network_id, sent_id, first, members, several(1_000))
    with transaction():
        single = _single.made(world, roles["coordinator"])
    return roles, {
        **single,
        "thread_id": [str(key) for key in threads[:THREADS]],
        "number": [number],
        "proposal_id": [str(proposal_id)],
        "letter_id": [str(letter_id)],
        "announcement_id": [str(draft_id), str(sent_id)],
    }


def _asked(world: Any, question: str) -> tuple[int, int]:
    """A question to everybody, of somebody who may reword and withdraw it; a tenth have answered. Its key and its version's."""
    from govnet.decisions.drafts import actions as drafts_actions
    from govnet.decisions.proposals import actions
    from govnet.decisions.proposals.opening import Ask, Wording
    from govnet.decisions.queries import newest_version
    from govnet.kernel.actor import Door
    from govnet.kernel.transaction import transaction

    with transaction():
        words = Wording(question, "It would do us good.")
        how: dict[str, Any] = {"by": world.by(world.kim), "via": Door.WEB}
        draft = drafts_actions.save(world.network, words, Ask("statement"), **how)
        proposal_id = actions.propose(world.network, words, Ask("statement"), draft=draft, **how).id
    with transaction():
        version_id = newest_version(proposal_id).id
        _answers(version_id)
    return proposal_id, version_id


def _put(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Put rows in, some at a time; PostgreSQL then numbers what follows after them."""
    from govnet.extensions import db

    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            db.session.execute(insert(model), some)
            some = []
    if some:
        db.session.execute(insert(model), some)
    if db.engine.dialect.name == "postgresql" and "id" in model.__table__.c:
        name = model.__tablename__
        last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
        db.session.execute(text(last))


def _after(model: Any) -> int:
    from govnet.extensions import db

    return int(db.session.scalar(select(func.max(model.id))) or 0) + 1


def _spread(many: int) -> timedelta:
    """The time between two of so many."""
    return SPAN / many


def _belonging(network_id: int) -> dict[str, Any]:
    from govnet.charter.queries import version_in_force
    from govnet.membership.models import MembershipState

    return {
        "network_id": network_id, "charter_version_id": version_in_force(network_id).id, "state": MembershipState.ACTIVE,
        "confirmed_at": WHEN - SPAN,
    }  # fmt: skip


def _members(network_id: int, many: int) -> Members:
    """People with addresses and memberships, who came one after another."""
    from govnet.membership.models import Membership, MembershipKind
    from govnet.people.models import Person, PersonEmail

    first, place = _after(Person), _after(Membership)
    keys = range(first, first + many)
    same = _belonging(network_id) | {"kind": MembershipKind.INDIVIDUAL}
    _put(Person, ({"id": k, "name": f"Member Number {k}", "created_at": WHEN} for k in keys))
    about = {"verified_at": WHEN, "main": True}
    _put(PersonEmail, ({"person_id": k, "address": f"m{k}@example.org", **about} for k in keys))
    step = _spread(many)
    _put(Membership, (
        {"id": place + n, "person_id": k, "named_in_public": n % 10 == 0, "start": (WHEN - SPAN + n * step).date(), **same}
        for n, k in enumerate(keys)
    ))  # fmt: skip
    return [(k, place + n) for n, k in enumerate(keys)]


def _organisations(network_id: int, many: int, members: Members) -> None:
    from govnet.membership.models import Membership, MembershipKind
    from govnet.people.models import Organisation, Representation

    first, start = _after(Organisation), (WHEN - SPAN).date()
    keys = range(first, first + many)
    same = _belonging(network_id) | {"kind": MembershipKind.ORGANISATION, "start": start}
    _put(
        Organisation,
        ({"id": k, "name": f"Club {k}", "name_key": f"club {k}", "created_at": WHEN} for k in keys),
    )
    _put(Membership, ({"organisation_id": k, **same} for k in keys))
    voices = zip(keys, members, strict=False)
    _put(Representation, (
        {"organisation_id": k, "person_id": person, "is_primary": True, "start": start} for k, (person, _m) in voices
    ))  # fmt: skip


def _applications(network_id: int, many: int, members: Members, *, waiting: int) -> None:
    """Those by which members came in, and some that wait."""
    from govnet.membership.models import Application, ApplicationState, MembershipKind

    about = _belonging(network_id)
    same = {
        "network_id": network_id, "charter_version_id": about["charter_version_id"], "kind": MembershipKind.INDIVIDUAL,
        "applied_at": WHEN - SPAN,
    }  # fmt: skip
    step = _spread(many)
    _put(Application, (
        {"person_id": k, "membership_id": m, "name": f"Member Number {k}", "email": f"m{k}@example.org",
         "state": ApplicationState.ADMITTED, "confirmed_at": WHEN - SPAN, "decided_at": WHEN - SPAN + n * step, **same}
        for n, (k, m) in enumerate(members[:many])
    ))  # fmt: skip
    _put(Application, (
        {"person_id": k, "name": f"Member Number {k}", "email": f"w{k}@example.org", "state": ApplicationState.APPLIED,
         "confirmed_at": WHEN - timedelta(minutes=n), **same} for n, (k, _m) in enumerate(members[:waiting])
    ))  # fmt: skip


def _posts(network_id: int, topics: Sequence[int], members: Members, many: int, reader: int) -> range:
    """Discussions of twenty posts each, the newest ones begun by `reader`; their keys."""
    from govnet.forum.models import Post, Thread

    first = _after(Thread)
    keys = range(first, first + max(many // 20, THREADS + OPEN_THREADS))
    step = _spread(len(keys))

    def at(thread: int) -> datetime:
        return WHEN - step * (keys.stop - thread)

    def who(n: int) -> int:
        return members[n % len(members)][0]

    def began(thread: int) -> int:
        return reader if keys.stop - thread <= OPEN_THREADS else who(thread)

    _put(Thread, (
        {"id": k, "network_id": network_id, "topic_id": topics[k % len(topics)], "title": f"What about thing {k}?", "at": at(k),
         "author_id": began(k), "posts": 20, "last_post_at": at(k), "last_post_by_id": who(k)} for k in keys
    ))  # fmt: skip
    said = "I have thought about **this** since the meeting. " * 4
    _put(Post, (
        {"network_id": network_id, "thread_id": k, "number": n, "author_id": who(k * 7 + n), "at": at(k), "source": said,
         "html": f"<p>{said}</p>"} for k in keys for n in range(1, 21)
    ))  # fmt: skip
    _followed(network_id, reader, keys[:OPEN_THREADS])
    return keys


def _followed(network_id: int, reader: int, threads: Sequence[int]) -> None:
    from govnet.mail.models import Following, Target
    from govnet.mail.volume import Stance

    same = {"person_id": reader, "network_id": network_id, "target": Target.THREAD, "stance": Stance.FOLLOW}
    _put(Following, ({"target_id": k, "at": WHEN, **same} for k in threads))


def _names(letter_id: int, members: Members) -> None:
    from govnet.letters.models import Signature

    _put(Signature, (
        {"letter_id": letter_id, "membership_id": m, "person_id": k, "signed_by_id": k, "name": f"Member Number {k}", "at": WHEN}
        for k, m in members
    ))  # fmt: skip


def _closed(version_id: int) -> str:
    """Close it as the worker does; the number of the decision."""
    from govnet.decisions.closing import actions as closing_actions
    from govnet.decisions.models import Decision
    from govnet.extensions import db

    assert closing_actions.close(version_id)
    db.session.flush()
    return db.session.scalars(select(Decision).where(Decision.version_id == version_id)).one().number


def _answers(version_id: int) -> None:
    """A tenth of those who can answer have."""
    from govnet.decisions.models import Answer, RollEntry
    from govnet.decisions.rules.outcome import AnswerKind
    from govnet.extensions import db
    from govnet.kernel.actor import Door

    query = select(RollEntry.id, RollEntry.person_id).where(
        RollEntry.version_id == version_id, RollEntry.person_id.is_not(None)
    )
    same = {
        "version_id": version_id, "kind": AnswerKind.AGREE, "counted": True, "door": Door.WEB, "at": WHEN, "salt": "0" * 32,
    }  # fmt: skip
    asked = db.session.execute(query.order_by(RollEntry.id)).all()
    _put(Answer, ({"entry_id": entry, "cast_by_id": person, **same} for entry, person in asked[9::10]))


def _subscriptions(network_id: int, members: Members, others: int) -> None:
    """What members said about mail, and addresses that take just the mail."""
    from govnet.mail.models import Subscription

    same = {"network_id": network_id, "created_at": WHEN, "confirmed_at": WHEN}
    _put(
        Subscription,
        ({"person_id": k, "token": f"p{k}", "just_mail": False, **same} for k, _m in members[::2]),
    )
    _put(Subscription, (
        {"address": f"s{n}@example.org", "token": f"s{n}", "just_mail": True, **same} for n in range(others)
    ))  # fmt: skip


def _entries(network_id: int, many: int, threads: range, announcement_id: int) -> int:
    """Entries as replies leave them, told, and one of an announcement; their hashes are no chain. The key of that one."""
    from govnet.extensions import db
    from govnet.record.events import Visibility
    from govnet.record.models import ChainHead, Entry, Telling

    head = db.session.get_one(ChainHead, network_id)
    first, row, step = head.number + 1, _after(Entry), _spread(many)
    last = threads.stop * 20

    def digest(number: int) -> str:
        return hashlib.sha256(str(number).encode()).hexdigest()

    def about(n: int) -> dict[str, str]:
        said = ("announcements.sent", f"announcement:{announcement_id}")
        if n:
            said = ("forum.replied", f"post:{last - (many - n) % (len(threads) * 20)}")
        verb, subject = said
        facts = {"actor": None, "authority": "public", "door": "web", "subject": subject, "verb": verb}
        return {"verb": verb, "subject": subject, "facts": json.dumps(facts)}

    same = {
        "network_id": network_id, "visibility": Visibility.PUBLIC, "facts_salt": "0", "words": "{}", "words_salt": "0",
    }  # fmt: skip
    _put(Entry, (
        {"id": row + n, "number": first + n, "at": WHEN - step * (many - n), "facts_digest": digest(first + n),
         "words_digest": digest(first + n), "prev_hash": digest(first + n - 1), "hash": digest(first + n), **about(n), **same}
        for n in range(many)
    ))  # fmt: skip
    _put(Telling, ({"entry_id": row + n, "done_at": WHEN} for n in range(many)))
    head.number, head.hash = first + many - 1, digest(first + many - 1)
    return row


def _mails(network_id: int, announcement_id: int, entry_id: int, members: Members, mails: int) -> None:
    """An announcement that went to everybody, and so many mails that went to a hundred each."""
    from govnet.announcements.models import Announcement, AnnouncementState
    from govnet.extensions import db
    from govnet.mail import suppressions
    from govnet.mail.message import MailKind
    from govnet.mail.models import Delivery, Mail, Rendering, Suppression
    from govnet.mail.rules import DeliveryState as Sent
    from govnet.mail.rules import Why
    from govnet.mail.volume import News

    made = db.session.get_one(Announcement, announcement_id)
    made.state, made.sent_at, made.goes_at, made.sender_id, made.authority = (
        AnnouncementState.SENT, WHEN, WHEN, made.author_id, "mandate:1",
    )  # fmt: skip
    made.counted = len(members)
    gone = (suppressions.digest(f"m{k}@example.org") for k, _m in members[::100])
    _put(
        Suppression, ({"digest": one, "why": Why.ADDRESS_GONE, "returned": 3, "since": WHEN} for one in gone)
    )
    first, drawn = _after(Mail), _after(Rendering)
    keys = range(mails + 1)
    same = {
        "network_id": network_id,
        "template": "announcements/sent",
        "kind": MailKind.LIST,
        "news": News.ANNOUNCEMENT,
    }
    _put(
        Mail,
        (
            {"id": first + n, "key": f"bench:{n}", "entry_id": entry_id + n, "made_at": WHEN, **same}
            for n in keys
        ),
    )
    _put(Rendering, (
        {"id": drawn + n, "mail_id": first + n, "language": "en", "reader": "member", "subject": "News", "head": b"",
         "body": None} for n in keys
    ))  # fmt: skip
    about = {
        "state": Sent.ACCEPTED,
        "priority": 30,
        "next_at": WHEN,
        "limit_at": WHEN,
        "name": "",
        "changed_at": WHEN,
    }
    to = ((n, k) for n in keys for k, _m in (members if n == 0 else members[:100]))
    _put(Delivery, (
        {"mail_id": first + n, "rendering_id": drawn + n, "person_id": k, "address": f"m{k}@example.org",
         "message_id": f"{n}.{k}@example.org", "token": f"{n}.{k}", **about} for n, k in to
    ))  # fmt: skip
