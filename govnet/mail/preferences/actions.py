"""Choices of people about the mail they get. None of it is in the record: how much mail one wants is one's
own affair.
"""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, delete, literal, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.errors import Gone, NotFound
from govnet.kernel.insertion import row_of
from govnet.mail import subscriptions, suppressions
from govnet.mail.headers import Address
from govnet.mail.incoming import intake
from govnet.mail.message import MailKind
from govnet.mail.models import Delivery, Following, Mail, Subscription, Target
from govnet.mail.outgoing import outbox
from govnet.mail.page_addresses import Ending, site_url
from govnet.mail.rules import WAITING, DeliveryState, Priority
from govnet.mail.volume import Stance, Volume
from govnet.people.addresses import come_back, parsed
from govnet.permissions import Can, check_right

ASK_AGAIN = timedelta(minutes=10)
CONFIRM_LASTS = timedelta(days=7)
"""The time in which an address can confirm that it wants the mail."""
"""The pause before an address is asked once more to confirm, so that nobody can flood a stranger."""
_LITTLE = (Volume.DIGEST, Volume.VOTES)
NOT_GONE = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.HELD)
_IN_BULK = {"synchronize_session": False}
ERASED = literal("erased-").concat(cast(Delivery.id, String))


def set_volume(by: Actor, network: Any, volume: Volume) -> Subscription:
    """The answer to "How much mail?" in one network; it also ends having asked for none.

    People who ask for less than before follow no discussion there any more: writing in one had made them follow it.
    """
    check_right(by, Can.OWN)
    row = subscriptions.of_person(by.person_id, network.id)
    if volume in _LITTLE and row.volume not in _LITTLE:
        stop_following(by.person_id, network.id)
    row.volume, row.silent_at = volume, None
    return row


def stop_following(person_id: int | None, network_id: int) -> None:
    """Followed things would go on coming singly; muted ones stay muted."""
    mine = (Following.person_id == person_id, Following.network_id == network_id)
    followed = delete(Following).where(*mine, Following.stance == Stance.FOLLOW)
    db.session.execute(followed.execution_options(**_IN_BULK))


def silence(by: Actor, network: Any) -> None:
    """No mail of this network at all; sign-in links still come."""
    check_right(by, Can.OWN)
    silence_now(subscriptions.of_person(by.person_id, network.id))


def silence_now(row: Subscription) -> None:
    """Nothing more for this subscription, from waiting mail onwards."""
    if row.silent_at is None:
        row.silent_at = clock.now()
    _cancel_waiting(row)


def _cancel_waiting(row: Subscription) -> None:
    mails = select(Mail.id).where(Mail.network_id == row.network_id, Mail.kind != MailKind.PERSONAL)
    whose = (
        Delivery.person_id == row.person_id
        if row.person_id is not None
        else Delivery.subscription_id == row.id
    )
    waiting = Delivery.state.in_(NOT_GONE)
    db.session.execute(
        update(Delivery)
        .where(whose, waiting, Delivery.mail_id.in_(mails))
        .values(state=DeliveryState.CANCELLED, changed_at=clock.now())
        .execution_options(**_IN_BULK)
    )


def take_stance(by: Actor, network: Any, target: str, target_id: int, stance: Stance | None) -> None:
    """Follow or mute a discussion ("thread") or a topic ("topic"); None takes it back."""
    check_right(by, Can.OWN)
    if stance is None:
        forget_stance(by, target, target_id)
    else:
        put_stance(by.person_id or 0, network.id, Target(target), target_id, stance)


def forget_stance(by: Actor, target: str, target_id: int) -> None:
    """Neither follow nor mute it any more."""
    check_right(by, Can.OWN)
    row = db.session.get(Following, (by.person_id, Target(target), target_id))
    if row is not None:
        db.session.delete(row)


def put_stance(person_id: int, network_id: int, target: Target, target_id: int, stance: Stance) -> None:
    """Write down that somebody follows or mutes something."""
    said = {"network_id": network_id, "stance": stance, "at": clock.now()}
    row = row_of(Following, person_id=person_id, target=target, target_id=target_id, **said)
    row.network_id, row.stance, row.at = network_id, stance, clock.now()


def subscribe_address(network: Any, address: str, name: str = "", *, language: str = "") -> Subscription:
    """Somebody asks for just the mail: the address gets one mail that asks whether it wants that.

    Asking again within ten minutes, or for an address that said yes already, sends nothing and looks the same.
    """
    address = parsed(address)
    row = subscriptions.begun(network.id, address, name, language)
    asked_lately = row.asked_at is not None and row.asked_at > clock.now() - ASK_AGAIN
    if not subscriptions.reads(row) and not asked_lately:
        row.asked_at = clock.now()
        _post(
            "mail/confirm",
            row,
            address,
            network,
            confirm_url=Ending(
                site_url("mail.confirm_page", token=row.token), row.asked_at + CONFIRM_LASTS, network.zone
            ),
        )
    return row


def _post(template: str, row: Subscription, address: str, network: Any, **context: str) -> None:
    outbox.post(
        template,
        to=Address(address, row.name),
        context=context,
        network=network,
        language=row.language,
        person_id=row.person_id,
        priority=Priority.PERSONAL,
    )


def has_ended(row: Subscription) -> bool:
    """Whether the mail that asked an address is too old for its yes; one that said yes already stays confirmed."""
    old = row.asked_at is not None and row.asked_at + CONFIRM_LASTS <= clock.now()
    return old and not subscriptions.reads(row)


def confirm(token: str) -> Subscription:
    """The address says yes. Raises NotFound for a link that is none of ours, Gone for one that has ended."""
    row = of_token(token)
    if has_ended(row):
        raise Gone(_("This link has ended. Ask for the mail again, and we send you a new one."))
    subscriptions.wants(row)
    if row.address is not None:
        come_back(row.address)
    return row


def take_over(network: Any, address: str, name: str = "", *, language: str = "") -> Subscription:
    """A subscriber of an old list, who said yes there: confirmed without being asked again, unless silent here."""
    row = subscriptions.begun(network.id, parsed(address), name, language)
    if row.silent_at is None:
        subscriptions.wants(row)
    return row


def mail_choices(network: Any, address: str) -> None:
    """Send an address that takes just the mail the link to change or end that; anybody else gets nothing."""
    address = parsed(address)
    row = subscriptions.of_address(network.id, address)
    if row is None or (row.asked_at is not None and row.asked_at > clock.now() - ASK_AGAIN):
        return
    row.asked_at = clock.now()
    _post("mail/choices", row, address, network, choose_url=site_url("mail.choose", token=row.token))


def set_address_volume(token: str, volume: Volume) -> Subscription:
    """How much mail an address without an account gets, chosen with the link in its mails."""
    row = of_token(token)
    row.volume = volume
    subscriptions.wants(row)
    return row


def of_token(token: str) -> Subscription:
    """The subscription that a link is for, also of an address that became a person's since.

    Raises NotFound for a link that is none of ours.
    """
    row = db.session.scalar(select(Subscription).where(Subscription.token == token))
    if row is None:
        raise NotFound("This link is not one of ours, or the address was removed.")
    return row


def unsubscribe(row: Subscription) -> None:
    """Nothing more goes to this subscription, from waiting mail onwards."""
    silence_now(row)


def try_again(by: Actor, address: str) -> bool:
    """Somebody says that her address works again: mail goes there once more. Says whether it had stopped."""
    check_right(by, Can.OWN)
    return suppressions.lift(address)


def forget_person(person_id: int) -> None:
    """Drop mail that came from a person, and mail that waits for her; her unsubscribe links go on answering."""
    mine = Delivery.person_id == person_id
    intake.forget_from(person_id)
    waiting = Delivery.state.in_(WAITING - {DeliveryState.IN_HAND})
    cancelled = update(Delivery).where(mine, waiting)
    values = {"state": DeliveryState.CANCELLED, "changed_at": clock.now()}
    db.session.execute(cancelled.values(values).execution_options(**_IN_BULK))


def forget_address(row: Subscription) -> None:
    """Take an address that takes just the mail out of one network."""
    silence_now(row)
    row.address, row.name = f"erased-{row.id}", ""
    db.session.execute(
        update(Delivery)
        .where(Delivery.subscription_id == row.id)
        .values(address=ERASED, name="")
        .execution_options(**_IN_BULK)
    )
