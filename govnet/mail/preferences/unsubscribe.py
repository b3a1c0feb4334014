"""Leaving from a mail: what its unsubscribe link stands for, and how far one click goes (docs/adr/0009)."""

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.errors import NotFound
from govnet.mail.headers import Address, can_be_written_to
from govnet.mail.models import Delivery, Mail, Subscription, Target
from govnet.mail.outgoing import outbox
from govnet.mail.preferences.actions import put_stance, silence_now, stop_following
from govnet.mail.subscriptions import belongs, of_person
from govnet.mail.volume import Reach, Stance, Volume, one_click


def leave(token: str, reach: Reach | None = None) -> None:
    """One click in a mail program, or a choice on the page it leads to: less of what the mail was about.

    With `reach` None the mail itself decides how far. The same again changes nothing more, and a token whose person
    has gone is fine: nothing is left to do. Raises NotFound for a token that is none of ours.
    """
    found = mail_of_token(token)
    if found is None:
        raise NotFound("This link is not one of ours.")
    delivery, mail = found
    if is_list(delivery):
        _tell_the_contact(delivery, mail)
    elif delivery.subscription_id is not None:
        silence_now(db.session.get_one(Subscription, delivery.subscription_id))
    elif delivery.person_id is not None and mail.network_id is not None:
        far = reach or one_click(mail.news, by_address=not belongs(delivery.person_id, mail.network_id))
        _less(delivery.person_id, mail.network_id, mail.thread_id, far)


def mail_of_token(token: str) -> tuple[Delivery, Mail] | None:
    """The delivery and mail that an unsubscribe link came with."""
    query = select(Delivery, Mail).join(Mail, Mail.id == Delivery.mail_id).where(Delivery.token == token)
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def is_list(delivery: Delivery) -> bool:
    """Whether it went to a list elsewhere: its readers leave there, and none of them can end it for the others."""
    return delivery.token.startswith(outbox.TO_A_LIST)


def _tell_the_contact(delivery: Delivery, mail: Mail) -> None:
    """A reader of the list elsewhere wants less: a person decides, asked once a mail."""
    network = db.session.get(Network, mail.network_id) if mail.network_id else None
    if network is None or not can_be_written_to(network.contact_email):
        return
    to = Address(network.contact_email, network.contact_name)
    context = {"list_address": delivery.address}
    outbox.post("mail/list_reader", to=to, context=context, network=network, key=f"list-reader:{mail.id}")


def _less(person_id: int, network_id: int, thread_id: int | None, reach: Reach) -> None:
    if reach is Reach.THREAD and thread_id is not None:
        put_stance(person_id, network_id, Target.THREAD, thread_id, Stance.MUTE)
        return
    row = of_person(person_id, network_id)
    stop_following(person_id, network_id)
    if reach is Reach.EVERYTHING:
        silence_now(row)
    else:
        row.volume = Volume.VOTES
