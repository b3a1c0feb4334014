"""Saying by an answer to our mail what the button on the page says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotFound
from govnet.kernel.translation import say
from govnet.mail.headers import Address
from govnet.mail.incoming import reply_handlers
from govnet.mail.incoming.parser import Incoming, lines_below, own_lines
from govnet.mail.incoming.reply_handlers import NotDone
from govnet.membership import mails
from govnet.membership.memberships import actions, queries
from govnet.membership.models import Membership, MembershipState
from govnet.people.addresses import is_owners
from govnet.people.models import Person, PersonEmail
from govnet.web.languages import fitted


def bind() -> None:
    """Take answers to the mail that asks people from an old list."""
    reply_handlers.answers(actions.CONFIRM, confirm, _asked)


def _asked(ids: Sequence[int]) -> tuple[str, str] | None:
    try:
        membership, address, by = actions.held(*ids)
    except NotFound:
        return None
    network = db.session.get_one(Network, membership.network_id)
    return address.address, fitted(network, db.session.get_one(Person, by.person_id).locale)


def confirm(ids: Sequence[int], mail: Incoming) -> None:
    """The answer of somebody from the old list: with a yes, the membership is confirmed and they get a receipt.

    Raises NotDone for an answer from another address than the one that was asked, or without a yes; NotFound if
    membership or address are gone.
    """
    membership, address, by = actions.held(*ids)
    network = db.session.get_one(Network, membership.network_id)
    language = fitted(network, db.session.get_one(Person, address.person_id).locale)
    with force_locale(language):
        why_not = _why_not(membership, address, mail, by.name)
        if why_not:
            raise NotDone(why_not, language=language)
        when = say((mail.sent_at or clock.now()).date())
    actions.confirm(membership, by=by, email_id=address.id, via=Door.MAIL)
    mails.confirmed(
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
            "Somebody else also has this address. Press the button in our mail, and give an address of "
            "your own."
        )
    elif not reply_handlers.same_mailbox(mail.sender, address.address):
        why = _(
            "Your reply came from a different address than the one to which we wrote. Reply from that one, "
            "or press the button in our mail."
        )
    elif membership.state is MembershipState.ACTIVE:
        why = _("The membership is already confirmed. You need do nothing more.")
    elif not any(says_yes(lines, name) for lines in [own_lines(mail.text), *lines_below(mail.text)]):
        why = _(
            "A program can only read a plain yes here. To confirm, reply with the one word YES on the "
            "first line, or press the button in our mail. If you do not want to be a member, do nothing."
        )
    return why


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


_YES = """
    yes yep yeah yup aye confirm confirmed
    ie ia ydw yndw ydwyf ydym ydyn ydan ydy oes cadarnhau cadarnhaf cadarnhawn cadarnhawyd
"""


ASSENT = frozenset(_YES.split())
"""Words of which an answer that says yes has one, in English and in Welsh."""


_ENGLISH = """
    i i'm i'd am a an and are as we we're we'd is it still do to that this my our me us the of on in be
    member members membership list please thanks thank you many ok okay sure hello hi dear all very much kind regards best
    indeed certainly definitely absolutely course happy happily glad gladly delighted want wish would like remain stay
    keep continue that's right correct true here from count in for now as before
"""


_WELSH = """
    diolch diolchiadau fawr yn iawn dal o hyd i fi ni dw dwi dwi'n rwy rwy'n rwyf rydw rydwyf rydyn rydym wyf yr y os gwelwch
    dda chi aelod aelodau aelodaeth fy ein eisiau hoffwn hoffem fod bod parhau barhau aros plis
    siŵr wedi helo annwyl cofion gorau pob hwyl wrth gwrs
    mae hyn hynny
"""


AROUND = frozenset(f"{_ENGLISH} {_WELSH}".split())
"""Words that may stand around it. Any other word is one that the program does not understand, such as "not" or "off"."""


_GREETINGS = frozenset(
    {"hello", "hi", "hiya", "dear", "good", "helo", "annwyl", "bore", "prynhawn", "noswaith", "shwmae"}
)


_DEVICE = re.compile(r"(?i)(sent (from|via|by|with)|get outlook|anfonwyd (o|drwy))\b")
"""The lines that some programs on telephones add above the text."""


_MOST_WORDS = 12


def says_yes(lines: Sequence[str], name: str = "") -> bool:
    """Whether the first line that is no greeting is a yes and nothing else but, perhaps, the sender's `name`.

    It is strict on purpose: "Yes, take me off the list" is no yes. Other senders learn what to write.
    """
    named = set(_words(name))
    for line in lines:
        words = _words(line)
        if not words:
            return False
        if _DEVICE.match(line) or (words[0] in _GREETINGS and not ASSENT & set(words)):
            continue
        short = len(words) <= _MOST_WORDS and "?" not in line
        return short and bool(ASSENT & set(words)) and set(words) <= ASSENT | AROUND | named
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).replace("’", "'").casefold())
