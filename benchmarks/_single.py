"""Things of which a network has few and that have pages, and the addresses behind links in mails."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from benchmarks._network import WHEN

Addresses = dict[str, list[str]]
"""For a part of addresses, its values; for an address behind a mailed link, as the program has it, what is read."""


def made(world: Any, coordinator_id: int) -> Addresses:
    """Make one of each in the network of `world`; inside transaction()."""
    return {**_things(world, coordinator_id), **_links(world)}


def _things(world: Any, coordinator_id: int) -> Addresses:
    from govnet.decisions.proposals import meeting_notes
    from govnet.extensions import db
    from govnet.forum.models import Post
    from govnet.forum.moderation import actions
    from govnet.forum.states import HidingKind
    from govnet.kernel.actor import Door
    from govnet.membership.roster import imports
    from govnet.membership.roster.parser import read_roster
    from govnet.people.models import Person

    network, officer = world.network, {"by": world.by(world.sam), "via": Door.WEB}
    where: dict[str, Any] = {"door": Door.MEETING, "on": date(2015, 4, 9), "where": "Leeds"}
    note = meeting_notes.write(network, "The hall", "The hall is booked.", **where, **officer)
    rude = db.session.scalars(db.select(Post).where(Post.author_id == world.kim.id).limit(1)).one()
    hiding = actions.hide(rude, kind=HidingKind.HIDDEN, reason="It is rude.", **officer)
    cora = {"by": world.by(db.session.get_one(Person, coordinator_id))}
    looked, brought = (
        imports.look(network, read_roster(f"{name}@example.org\n".encode()), imports.Source(name), **cora)
        for name in ("looked.at", "brought.in")
    )
    imports.bring_in(brought, via=Door.WEB, **cora)
    db.session.flush()
    return {
        "note_id": [str(note.id)],
        "hiding_id": [str(hiding.id)],
        "roster_import_id": [str(looked.id), str(brought.id)],
    }


def _links(world: Any) -> Addresses:
    """Where the links in mails lead, each as the program makes it."""
    from govnet.decisions.answers.entered_answers import PURPOSE
    from govnet.decisions.models import RollEntry
    from govnet.extensions import db
    from govnet.mail.models import Delivery, Subscription
    from govnet.membership.models import Application, Membership, RepresentationClaim
    from govnet.membership.signed_links import token_for
    from govnet.operations.founding.links import make_link
    from govnet.people.models import PersonEmail
    from govnet.sign_in.links import for_mail
    from govnet.sign_in.models import AddressChange
    from govnet.sign_in.rules import digest

    mel, here = world.mel.id, "/<network:network>"
    address = db.session.scalars(db.select(PersonEmail).where(PersonEmail.person_id == mel)).one()
    moving: dict[str, Any] = {"address": "new@example.org", "asked_at": WHEN}
    moved: dict[str, Any] = {"confirmed_at": WHEN, "old_address": "old@example.org"}
    db.session.add(AddressChange(person_id=mel, token_digest=digest("to"), **moving))
    db.session.add(
        AddressChange(
            person_id=world.kim.id, token_digest=digest("x"), undo_digest=digest("back"), **moving, **moved
        )
    )
    claim = RepresentationClaim(
        network_id=world.network.id, organisation_id=world.shed.id, name="Vera Voice",
        email="vera@example.org", invited_by_id=world.kim.id, made_at=WHEN,
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()

    def last(column: Any, *where: Any) -> Any:
        return db.session.scalars(db.select(column).where(*where).order_by(column.desc()).limit(1)).one()

    welcome = for_mail(mel, address.address)
    assert welcome is not None
    reader = last(Subscription.token, Subscription.just_mail)
    entry, membership = (
        last(RollEntry.id, RollEntry.person_id == mel),
        last(Membership.id, Membership.person_id == mel),
    )
    return {
        "/unsubscribe/<token>": [f"/unsubscribe/{last(Delivery.token)}"],
        "/mail/choose/<token>": [f"/mail/choose/{reader}"],
        "/mail/confirm/<token>": [f"/mail/confirm/{reader}"],
        "/sign-in/link/<token>": [urlsplit(welcome[0]).path],
        "/me/address/<token>": ["/me/address/to"],
        "/me/address-undo/<token>": ["/me/address-undo/back"],
        "/found/<token>": [f"/found/{make_link()}"],
        f"{here}/applications/mine/<token>": [
            f"/uk/applications/mine/{token_for('application', last(Application.id))}"
        ],
        f"{here}/membership/<token>": [f"/uk/membership/{token_for('membership', membership, address.id)}"],
        f"{here}/organisations/named/<token>": [f"/uk/organisations/named/{token_for('claim', claim.id)}"],
        f"{here}/proposals/entered/<token>": [f"/uk/proposals/entered/{token_for(PURPOSE, entry, mel)}"],
    }
