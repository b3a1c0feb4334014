"""What membership holds about a person: for her export, and taken out when she removes her name."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import or_, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.models import reference
from govnet.membership.applications import admission
from govnet.membership.applications.queries import locked
from govnet.membership.memberships import actions, queries
from govnet.membership.models import (
    AdmissionAppeal,
    AdmissionObjection,
    AdmissionVoice,
    Application,
    ApplicationNote,
    ApplicationState,
    ClaimState,
    Membership,
    RepresentationClaim,
    Vouch,
)
from govnet.membership.organisations import actions as organisations_actions
from govnet.membership.organisations.queries import locked_claim, network_of, whole_voice
from govnet.membership.roster import imports
from govnet.membership.roster.models import RosterImport, RosterImportRow
from govnet.people.addresses import PersonErased
from govnet.people.models import Person, PersonEmail, Representation

_DONE = (ApplicationState.ADMITTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN)


def held(person_id: int) -> dict[str, Any]:
    """Her applications, memberships and representations, as plain data."""
    return {
        "memberships": [
            {"network": slug, "kind": m.kind.value, "state": m.state.value, "start": m.start.isoformat(),
             "end": m.end.isoformat() if m.end else None, "agreed_to": json.loads(m.answers),
             "renewed_on": m.renewed_on.isoformat() if m.renewed_on else None,
             "named_in_public": m.named_in_public}
            for m, slug in _rows(Membership, Membership.person_id == person_id)
        ],
        "applications": [
            {"network": slug, "name": a.name, "email": a.email, "kind": a.kind.value, "state": a.state.value,
             "organisation": a.organisation_name, "about": a.about, "agreed_to": json.loads(a.answers),
             "applied_at": a.applied_at.isoformat(), "reason": a.reason, "notes": _notes(a.id)}
            for a, slug in _rows(Application, Application.person_id == person_id)
        ],
        "vouched_for": _said(Vouch, person_id),
        "objected_to": _said(AdmissionObjection, person_id),
        "appeals": _appeals(person_id),
        "heard_appeals": _heard(person_id),
        "speaks_for": _speaks(person_id),
        "brought_in": [
            {"network": slug, "at": at.isoformat(), "row": number} for at, slug, number in _brought_in(person_id)
        ],
        "claims": [
            {"network": slug, "name": c.name, "email": c.email, "evidence": c.evidence, "state": c.state.value}
            for c, slug in _rows(RepresentationClaim, RepresentationClaim.person_id == person_id)
        ],
    }  # fmt: skip


def _brought_in(person_id: int) -> list[Any]:
    """The lists that she came with."""
    query = (
        select(RosterImport.looked_at, Network.slug, RosterImportRow.number)
        .join(RosterImport, RosterImport.id == RosterImportRow.roster_import_id)
        .join(Network, Network.id == RosterImport.network_id)
        .where(RosterImportRow.person_id == person_id)
    )
    return list(db.session.execute(query.order_by(RosterImportRow.id)))


def _rows(table: Any, condition: Any) -> list[Any]:
    query = select(table, Network.slug).join(Network, Network.id == table.network_id).where(condition)
    return list(db.session.execute(query.order_by(table.id)))


def _said(table: Any, person_id: int) -> list[dict[str, Any]]:
    """What she said about those who wanted to join."""
    return [
        {"network": slug, "application": row.application_id, "at": row.at.isoformat(), "reason": getattr(row, "reason", "")}
        for row, slug in _rows(table, table.person_id == person_id)
    ]  # fmt: skip


def _appeals(person_id: int) -> list[dict[str, Any]]:
    """What she wrote when she was declined."""
    query = select(AdmissionAppeal).join(Application, Application.id == AdmissionAppeal.application_id)
    found = db.session.scalars(query.where(Application.person_id == person_id).order_by(AdmissionAppeal.id))
    return [{"text": row.text, "at": row.at.isoformat()} for row in found]


def _heard(person_id: int) -> list[dict[str, Any]]:
    """What she said about the appeals of others."""
    query = select(AdmissionVoice).where(AdmissionVoice.person_id == person_id).order_by(AdmissionVoice.id)
    found = db.session.scalars(query)
    return [{"answer": row.answer.value, "reason": row.reason, "at": row.at.isoformat()} for row in found]


def _notes(application_id: int) -> list[dict[str, Any]]:
    query = select(ApplicationNote).where(ApplicationNote.application_id == application_id)
    return [
        {"by_you": n.by_applicant, "body": n.body, "at": n.at.isoformat()} for n in db.session.scalars(query)
    ]


def _speaks(person_id: int) -> list[dict[str, Any]]:
    query = select(Representation).where(Representation.person_id == person_id).order_by(Representation.id)
    return [
        {"organisation": r.organisation_id, "first": r.is_primary, "start": r.start.isoformat(),
         "end": r.end.isoformat() if r.end else None}
        for r in db.session.scalars(query)
    ]  # fmt: skip


def forget(person_id: int) -> set[str]:
    """End what she holds and empty what she wrote; the references whose entries hold her words. Inside transaction()."""
    mine = select(PersonEmail.address).where(PersonEmail.person_id == person_id)
    imports.forget_person(person_id, db.session.scalars(mine).all())
    return {
        *_memberships(person_id), *_voices(person_id), *_applications(person_id), *_claims(person_id),
        *_objections(AdmissionObjection.person_id == person_id, hers=True),
    }  # fmt: skip


def _objections(condition: Any, *, hers: bool) -> set[str]:
    """Empty the reasons that she gave; entries about objections to her name her."""
    found = db.session.scalars(select(AdmissionObjection).where(condition)).all()
    for row in found:
        row.reason = "…" if hers else row.reason
    return {reference(row) for row in found}


def _memberships(person_id: int) -> set[str]:
    query = select(Membership.id).where(Membership.person_id == person_id)
    named = set()
    for key in db.session.scalars(query).all():
        membership = queries.with_party(key)
        assert membership is not None
        by = Actor(person_id, queries.name_of(membership), membership.network_id)
        actions.resign(membership, by=by, via=Door.WEB)
        membership.named_in_public = False
        named.add(reference(membership))
    return named


def _voices(person_id: int) -> set[str]:
    query = select(Representation).where(Representation.person_id == person_id)
    named = set()
    name = db.session.get_one(Person, person_id).name
    for row in db.session.scalars(query).all():
        network, voice = network_of(row.organisation_id), whole_voice(row.id)
        if network is not None and voice is not None and row.end is None:
            organisations_actions.end(voice, network, by=Actor(person_id, name, network.id), via=Door.WEB)
        elif row.end is None:
            row.end = max(clock.now().date(), row.start)
        named.add(reference(row))
    return named


def _applications(person_id: int) -> set[str]:
    query = select(Application.id).where(Application.person_id == person_id)
    named = set()
    for key in db.session.scalars(query).all():
        row = locked(key)
        if row.state not in _DONE:
            row.state, row.decided_at = ApplicationState.WITHDRAWN, clock.now()
            admission.settle(row)
        named |= _objections(AdmissionObjection.application_id == row.id, hers=False)
        appeals = update(AdmissionAppeal).where(AdmissionAppeal.application_id == row.id)
        db.session.execute(appeals.values(text="…"))
        row.name, row.email, row.about = "", f"erased-{row.id}", ""
        row.reason = "…" if row.reason else ""
        for note in db.session.scalars(select(ApplicationNote).where(ApplicationNote.application_id == key)):
            note.body = ""
        named.add(reference(row))
    return named


def _claims(person_id: int) -> set[str]:
    mine = or_(RepresentationClaim.person_id == person_id, RepresentationClaim.invited_by_id == person_id)
    query = select(RepresentationClaim.id).where(mine)
    named = set()
    for key in db.session.scalars(query).all():
        row = locked_claim(key)
        if row.state is ClaimState.WAITING:
            row.state, row.settled_at = ClaimState.WITHDRAWN, clock.now()
        if row.person_id == person_id:
            row.name, row.email, row.evidence = "", f"erased-{row.id}", ""
        named.add(reference(row))
    return named


def forget_addresses(gone: PersonErased) -> None:
    """Empty what was typed with one of the addresses and became nobody's: an application, a claim or an invitation."""
    for application in db.session.scalars(
        select(Application).where(Application.email.in_(gone.addresses), Application.person_id.is_(None))
    ):
        application.name, application.email, application.about = "", f"erased-{application.id}", ""
        if application.state not in _DONE:
            application.state, application.decided_at = ApplicationState.WITHDRAWN, clock.now()
    for claim in db.session.scalars(
        select(RepresentationClaim).where(
            RepresentationClaim.email.in_(gone.addresses), RepresentationClaim.person_id.is_(None)
        )
    ):
        claim.name, claim.email, claim.evidence = "", f"erased-{claim.id}", ""
        if claim.state is ClaimState.WAITING:
            claim.state, claim.settled_at = ClaimState.WITHDRAWN, clock.now()
