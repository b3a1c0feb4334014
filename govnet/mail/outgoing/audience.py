"""The recipients of a notice: everybody it may go to, less those whose volume, mute or own act says no."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.statements import chunks
from govnet.mail import suppressions
from govnet.mail.models import Following, Subscription, Target
from govnet.mail.outgoing.notices import Notice
from govnet.mail.queries import takes_just_mail
from govnet.mail.volume import Ear, How, News, Stance, Volume, how
from govnet.people import addresses

MEMBER, SUBSCRIBER, LIST = "member", "subscriber", "list"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address that a mail goes to, and why it is there."""

    address: str
    name: str = ""
    language: str = ""
    """"" where none is known: the network's own."""
    person_id: int | None = None
    subscription_id: int | None = None
    reader: str = MEMBER
    suppressed: bool = False


def audience(notice: Notice, *, network: Any, actor_id: int | None) -> list[Recipient]:
    """Each address once; those to which we stopped writing are in it too, marked, so that numbers add up."""
    found: dict[str, Recipient] = {}
    for one in _all(notice, network, actor_id):
        found.setdefault(one.address, one)
    stopped = suppressions.among(found)
    return [_marked(one) if one.address in stopped else one for one in found.values()]


def _marked(one: Recipient) -> Recipient:
    return Recipient(
        one.address, one.name, one.language, one.person_id, one.subscription_id, one.reader, suppressed=True
    )


def _all(notice: Notice, network: Any, actor_id: int | None) -> Iterator[Recipient]:
    yield from _people(notice, network.id, actor_id)
    for direct in notice.addresses:
        yield Recipient(direct.address.lower(), direct.name)
    if notice.subscribers:
        yield from _subscribers(notice.news, network.id)
    if notice.to_list and network.list_address:
        yield Recipient(network.list_address.lower(), network.name, reader=LIST)


def _people(notice: Notice, network_id: int, actor_id: int | None) -> Iterator[Recipient]:
    always, concerned = frozenset(notice.always), frozenset(notice.concerned)
    ids = frozenset(notice.people) | concerned | always
    ears = _ears(ids, network_id, notice)
    for reader in addresses.readers(ids):
        volume, silent, thread, topic = ears[reader.person_id]
        mine = reader.person_id in concerned
        ear = Ear(volume, thread, topic, mine, reader.person_id == actor_id, silent)
        news = News.ALWAYS if reader.person_id in always else notice.news
        if how(news, ear) is How.SINGLY:
            yield Recipient(reader.address.lower(), reader.name, reader.language, reader.person_id)


def _ears(
    ids: Collection[int], network_id: int, notice: Notice
) -> dict[int, tuple[Volume, bool, Stance | None, Stance | None]]:
    volumes = dict(_volumes(ids, network_id))
    threads = stances(ids, Target.THREAD, notice.thread)
    topics = stances(ids, Target.TOPIC, notice.topic)
    default = (Volume.CONCERNS_ME, False)
    return {i: (*volumes.get(i, default), threads.get(i), topics.get(i)) for i in ids}


def _volumes(ids: Collection[int], network_id: int) -> Iterator[tuple[int, tuple[Volume, bool]]]:
    for some in chunks(sorted(ids)):
        query = select(Subscription.person_id, Subscription.volume, Subscription.silent_at)
        query = query.where(Subscription.network_id == network_id, Subscription.person_id.in_(some))
        for person_id, volume, silent_at in db.session.execute(query):
            yield person_id or 0, (volume, silent_at is not None)


def stances(ids: Collection[int], target: Target, target_id: int | None) -> dict[int, Stance]:
    """These people's choices about one discussion or topic."""
    if target_id is None:
        return {}
    query = select(Following.person_id, Following.stance)
    query = query.where(Following.target == target, Following.target_id == target_id)
    return {person: stance for person, stance in db.session.execute(query) if person in ids}


def _subscribers(news: News, network_id: int) -> Iterator[Recipient]:
    query = select(Subscription).where(takes_just_mail(network_id))
    heard = News.VOTE if news is News.ALWAYS else news
    found = db.session.scalars(query.order_by(Subscription.id)).all()
    yield from as_subscribers(s for s in found if how(heard, Ear(s.volume)) is How.SINGLY)


def as_subscribers(rows: Iterable[Subscription]) -> Iterator[Recipient]:
    """Those who take just the mail: addresses as they stand, people where they can be written to now."""
    people: list[int] = []
    for s in rows:
        if s.address is not None:
            yield Recipient(s.address, s.name, s.language, subscription_id=s.id, reader=SUBSCRIBER)
        elif s.person_id is not None:
            people.append(s.person_id)
    for one in addresses.readers(people):
        yield Recipient(one.address, one.name, one.language, one.person_id, reader=SUBSCRIBER)
