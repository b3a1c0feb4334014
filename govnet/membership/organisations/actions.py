"""Speaking for an organisation: claimed, named by the one who does, confirmed, handed on, ended."""

from __future__ import annotations

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import ONESELF, Act, Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.membership import mails
from govnet.membership.events import ClaimDeclined, RepresentationEnded
from govnet.membership.models import ClaimState, RepresentationClaim
from govnet.membership.organisations import claims, queries, representatives
from govnet.membership.organisations.representatives import say_voice
from govnet.membership.signed_links import LASTS
from govnet.people.addresses import parsed
from govnet.people.models import Organisation, Representation
from govnet.people.persons import main_address, person_for
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record


def claim(
    network: Network, organisation: Organisation, evidence: str, primary: bool, *, by: Actor, via: Door
) -> RepresentationClaim:
    """Claim to speak for an organisation (`primary`), or to stand in; an officer or its speaker confirms it."""
    act = require(by, Can.SPEAK_FOR, network, via)
    person_id = by.person_id or 0
    mine = queries.open_voice(organisation.id, person_id)
    if mine is not None and (mine.is_primary or not primary):
        raise RuleBroken(_("You already speak for %(name)s.", name=organisation.name))
    address = main_address(person_id)
    if not address:
        raise RuleBroken(_("Confirm your e-mail address first, so that we can answer you."))
    row = RepresentationClaim(
        network_id=network.id, organisation_id=organisation.id, person_id=by.person_id, name=by.name, email=address,
        is_primary=primary, evidence=evidence, made_at=clock.now(), state=ClaimState.WAITING,
    )  # fmt: skip
    return claims.put_down(row, organisation, act)


def invite(
    network: Network, organisation: Organisation, name: str, email: str, primary: bool, *, by: Actor
) -> RepresentationClaim:
    """Name somebody to speak for one's organisation, or to stand in: they get a mail, and accept or not."""
    check_right(by, Can.NAME_REPRESENTATIVE, organisation)
    email = parsed(email)
    before = queries.waiting_claim(network.id, organisation.id, email)
    if before is not None and (before.invited_by_id is None or before.made_at > clock.now() - LASTS):
        raise RuleBroken(_("This address has already been asked."), field="email")
    if before is not None:  # the link in the mail has ended
        before.made_at, before.name, before.is_primary = clock.now(), name, primary
        before.invited_by_id = by.person_id
        mails.invitation(before, network, by=by.name, organisation=organisation.name)
        return before
    row = RepresentationClaim(
        network_id=network.id, organisation_id=organisation.id, name=name, email=email, is_primary=primary,
        invited_by_id=by.person_id, made_at=clock.now(), state=ClaimState.WAITING,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the link in the mail names it by key
    mails.invitation(row, network, by=by.name, organisation=organisation.name)
    return row


def accept(claim: RepresentationClaim, *, via: Door) -> RepresentationClaim:
    """A person named by mail says yes; the address is theirs, since the link came to it."""
    row = queries.locked_claim(claim.id)
    if row.state is ClaimState.ACCEPTED:
        return row
    _still_waits(row)
    person = person_for(row.email, row.name)
    row.person_id = person.id
    by = Actor(person.id, person.name, row.network_id)
    claims.settle(row, ClaimState.ACCEPTED, by)
    _speaks(row, Act(by, ONESELF, via, row.network_id), person.name)
    return row


def refuse(claim: RepresentationClaim) -> RepresentationClaim:
    """A person named by mail says no. Not recorded: nothing came of it."""
    row = queries.locked_claim(claim.id)
    if row.state is ClaimState.WAITING:
        claims.settle(row, ClaimState.DECLINED, Actor(row.person_id, row.name, row.network_id))
    return row


def confirm(claim: RepresentationClaim, *, by: Actor, via: Door) -> RepresentationClaim:
    """An officer, or somebody who speaks for the organisation, confirms the claim: it holds from today. Stale if settled."""
    act = require(by, Can.CONFIRM_REPRESENTATIVE, claim, via)
    row = queries.locked_claim(claim.id)
    _still_waits(row)
    claims.settle(row, ClaimState.ACCEPTED, by)
    _speaks(row, act, row.name)
    mails.claim_settled(row, row.network, accepted=True, organisation=row.organisation.name)
    return row


def decline(claim: RepresentationClaim, *, by: Actor, via: Door) -> RepresentationClaim:
    """The claim is not confirmed; the claimant is notified. Stale if settled."""
    act = require(by, Can.CONFIRM_REPRESENTATIVE, claim, via)
    row = queries.locked_claim(claim.id)
    _still_waits(row)
    claims.settle(row, ClaimState.DECLINED, by)
    record(
        ClaimDeclined(
            act=act,
            voice=row,
            organisation=row.organisation,
            title=row.organisation.name,
            name=row.name,
        )
    )
    mails.claim_settled(row, row.network, accepted=False, organisation=row.organisation.name)
    return row


def _still_waits(claim: RepresentationClaim) -> None:
    if claim.state is not ClaimState.WAITING:
        words = {
            ClaimState.ACCEPTED: _("It was confirmed."),
            ClaimState.DECLINED: _("It was not confirmed."),
            ClaimState.WITHDRAWN: _("It was taken back."),
        }
        raise Stale(_("This has already been answered."), newer=words[claim.state], yours="")


def _speaks(claim: RepresentationClaim, act: Act, name: str) -> None:
    """From today the claimant speaks or stands in; the earlier speaker stands in from now on."""
    organisation, person_id = claim.organisation, claim.person_id or 0
    row = queries.open_voice(organisation.id, person_id)
    if row is None:
        row = representatives.voice(organisation, person_id, zone=claim.network.zone, named=False)
    if row is None:
        return
    if claim.is_primary and not row.is_primary:
        _promote(row)
    say_voice(row, organisation, name, act)


def _promote(row: Representation) -> None:
    before = queries.open_primary(row.organisation_id)
    if before is not None:
        before.is_primary = False
        db.session.flush()  # one primary at a time, also between two statements
    row.is_primary = True


def hand_on(voice: Representation, network: Network, *, by: Actor, via: Door) -> Representation:
    """Let a stand-in speak for the organisation instead; the earlier speaker stands in."""
    act = require(by, Can.NAME_REPRESENTATIVE, voice, via)
    if voice.end is not None:
        raise RuleBroken(_("This person no longer speaks for the organisation."))
    if not voice.is_primary:
        _promote(voice)
        say_voice(voice, voice.organisation, voice.person.name, act.within(network))
    return voice


def end(voice: Representation, network: Network, *, by: Actor, via: Door) -> Representation:
    """Somebody stops speaking for an organisation, or its speaker ends a stand-in."""
    act = require(by, Can.END_REPRESENTATION, voice, via)
    if voice.end is not None:
        return voice
    voice.end = max(clock.today(network.zone), voice.start)
    record(
        RepresentationEnded(
            act=act,
            voice=voice,
            organisation=voice.organisation,
            title=voice.organisation.name,
            name=voice.person.name,
        )
    )
    return voice
