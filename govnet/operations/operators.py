"""The operators of the server, and their acts: in the record of every network on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.mail.delivery import mailings
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.operations import queries
from govnet.operations.backups.restored_copy import BEING_PUT_BACK, HalfRestored
from govnet.operations.events import (
    ClockConfirmed,
    LineReset,
    LinkPrinted,
    MailDropped,
    MailReleased,
    MailStopped,
    OperatorGiven,
    OperatorTaken,
)
from govnet.operations.health import clock_check
from govnet.people.addresses import parsed
from govnet.people.models import OperatorGrant, Person
from govnet.people.persons import person_by_email
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record
from govnet.record.events import Event
from govnet.sign_in import links


def give(person_id: int, *, by: Actor, via: Door) -> None:
    """Make the person an operator; nothing changes if they were one already.

    NotAllowed through any door but the command line: the server's shell names its operators.
    """
    check_right(by, Can.OPERATE)
    if via is not Door.CLI:
        raise NotAllowed(_("Operators are named on the server itself: govnet operator give EMAIL"))
    if queries.open_grant(person_id) is not None:
        return
    person = db.session.get_one(Person, person_id)
    db.session.add(OperatorGrant(person_id=person.id, began_at=clock.now()))
    tell_all(OperatorGiven, by=by, via=via, person=person, name=person.name)


def introduce(network: Network, *, by: Actor, via: Door) -> None:
    """Say in a new network's record who looks after the server that keeps it."""
    act = require(by, Can.OPERATE, network, via)
    for person in queries.people_operating():
        record(OperatorGiven(act=act, person=person, name=person.name))


def take(person_id: int, *, by: Actor, via: Door) -> None:
    """The person no longer looks after the server. Raises RuleBroken when they did not."""
    check_right(by, Can.OPERATE)
    person = db.session.get_one(Person, person_id)
    grant = queries.open_grant(person_id)
    if grant is None:
        raise RuleBroken(_("%(name)s does not look after the server.", name=person.name))
    grant.ended_at = clock.now()
    tell_all(OperatorTaken, by=by, via=via, person=person, name=person.name)


def release_mail(*, by: Actor, via: Door) -> None:
    """Let mail go out again. Raises RuleBroken when none is held, HalfRestored while a restore waits to be finished."""
    check_right(by, Can.OPERATE)
    why = mailings.line().held_why
    if why == BEING_PUT_BACK:
        raise HalfRestored
    if mailings.line().held_at is None:
        raise RuleBroken(_("No mail is held."))
    mailings.release_all(by)
    tell_all(MailReleased, by=by, via=via, why_held=why)


def drop_held_mail(*, by: Actor, via: Door) -> int:
    """Drop the mail that was waiting when mail was held; how many mails that are. Mail stays held."""
    check_right(by, Can.OPERATE)
    if mailings.line().held_at is None:
        raise RuleBroken(_("No mail is held."))
    count = mailings.drop_all_held(by)
    tell_all(MailDropped, by=by, via=via, count=count)
    return count


def stop_mail(why: str, *, by: Actor, via: Door) -> None:
    """Hold all mail until an operator releases it; `why` is shown."""
    check_right(by, Can.OPERATE)
    if mailings.line().held_at is not None:
        return  # held already, whether for this or an earlier reason
    mailings.hold_all(why)
    tell_all(MailStopped, by=by, via=via, why=why)


def reset_line(*, by: Actor, via: Door) -> None:
    """After the cause has been removed: use the mail server again at once. Raises RuleBroken when it refused none."""
    check_right(by, Can.OPERATE)
    if not queries.refused():
        raise RuleBroken(_("The mail server has refused nothing, so there is nothing to try again."))
    mailings.reset_line(by)
    tell_all(LineReset, by=by, via=via)


def print_link(address: str, *, by: Actor, via: Door) -> tuple[str, datetime]:
    """A link that signs in the operator who has this address, and until when; they get a mail about it, once mail goes.

    Raises RuleBroken for an address of anybody else, NotAllowed through any door but the command line.
    """
    check_right(by, Can.OPERATE)
    if via is not Door.CLI:
        raise NotAllowed(_("Such a link is made on the server itself: govnet operator link EMAIL"))
    person = person_by_email(address)
    if person is None or queries.open_grant(person.id) is None:
        raise RuleBroken(
            _("Nobody who looks after the server has the address %(address)s. They are named by: govnet "
                "operator give EMAIL",
              address=address)
        )  # fmt: skip
    outbox.post(
        "operations/link_printed",
        to=Address(parsed(address), person.name),
        context={"name": person.name, "at": clock.now(), "zone": person.zone or "UTC"},
        language=person.locale,
        person_id=person.id,
    )
    tell_all(LinkPrinted, by=by, via=via, person=person, name=person.name)
    return links.printed(person.id)


def confirm_clock(*, by: Actor, via: Door) -> None:
    """Confirm that the clock is right, so that due things close. Raises RuleBroken when nobody doubts it."""
    check_right(by, Can.OPERATE)
    doubts = queries.clock_doubts()
    if not doubts:
        raise RuleBroken(_("The clock is not in doubt, and nothing is waiting for it."))
    newest = min(doubt.newest_at for doubt in doubts)
    clock_check.end_doubt()
    tell_all(ClockConfirmed, by=by, via=via, newest=newest.date())


def tell_all(kind: type[Event], *, by: Actor, via: Door, **facts: Any) -> None:
    """Record what an operator did in every network, since the server is everybody's."""
    act = require(by, Can.OPERATE, None, via)
    for network in queries.chained_networks():
        record(kind(act=act.within(network), **facts))
