"""Saying by an answer to our mail what the button on the page says."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotFound
from govnet.kernel.translation import say
from govnet.mail import replies
from govnet.mail.headers import Address
from govnet.mail.incoming import Incoming, lines_below, own_lines
from govnet.mail.replies import NotDone
from govnet.membership import letters, member_actions, queries
from govnet.membership.models import Membership, MembershipState
from govnet.membership.reply_rules import says_yes
from govnet.people.addresses import is_owners
from govnet.people.models import Person, PersonEmail
from govnet.web.languages import fitted


def bind() -> None:
    """Take answers to the mail that asks people from an old list."""
    replies.answers(member_actions.CONFIRM, confirm, _asked)


def _asked(ids: Sequence[int]) -> tuple[str, str] | None:
    try:
        membership, address, by = member_actions.held(*ids)
    except NotFound:
        return None
    network = db.session.get_one(Network, membership.network_id)
    return address.address, fitted(network, db.session.get_one(Person, by.person_id).locale)


def confirm(ids: Sequence[int], mail: Incoming) -> None:
    """The answer of somebody from the old list who was asked: with a yes, the membership is confirmed and they get a receipt.

    Raises NotDone for an answer from another address than the one that was asked, or that does not say yes; NotFound where
    membership or address are gone.
    """
    membership, address, by = member_actions.held(*ids)
    network = db.session.get_one(Network, membership.network_id)
    language = fitted(network, db.session.get_one(Person, address.person_id).locale)
    with force_locale(language):
        why_not = _why_not(membership, address, mail, by.name)
        if why_not:
            raise NotDone(why_not, language=language)
        when = say((mail.sent_at or clock.now()).date())
    member_actions.confirm(membership, by=by, email_id=address.id, via=Door.MAIL)
    letters.confirmed(
        network,
        Address(address.address, by.name),
        party=queries.name_of(membership) if membership.organisation_id else "",
        language=language,
        when=when,
        person_id=by.person_id or 0,
        key=f"confirmed:{membership.id}:{address.id}",
    )


def _why_not(membership: Membership, address: PersonEmail, mail: Incoming, name: str) -> str:
    why = ""
    if not is_owners(address):
        why = _(
            "Somebody else has this address. Press the button in our mail, and give an address of your own."
        )
    elif not replies.same_mailbox(mail.sender, address.address):
        why = _(
            "It came from another address than the one we had asked. Answer from that one, or press the button in our mail."
        )
    elif membership.state is MembershipState.ACTIVE:
        why = _("The membership is confirmed already. There is nothing more to do.")
    elif not any(says_yes(lines, name) for lines in [own_lines(mail.text), *lines_below(mail.text)]):
        why = _(
            "A program can only read a plain yes here. To confirm, answer with the one word YES in the first line, "
            "or press the button in our mail. If you do not want to be a member, do nothing."
        )
    return why
