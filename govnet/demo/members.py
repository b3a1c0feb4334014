"""How the demo's people came: by the old list's roster and one click, or by asking to join."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from govnet.charter import parameters
from govnet.charter.queries import rules_in_force
from govnet.demo.facts import ApplicationFact, OrganisationFact, PersonFact
from govnet.demo.stage import Stage
from govnet.extensions import db
from govnet.kernel.actor import VISITOR, Actor, Door
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Volume
from govnet.membership.applications import actions, decisions
from govnet.membership.memberships import actions as memberships_actions
from govnet.membership.memberships import queries
from govnet.membership.models import Application as Row
from govnet.membership.models import Membership, MembershipKind
from govnet.membership.organisations import actions as organisations_actions
from govnet.membership.organisations import queries as organisations_queries
from govnet.membership.roster.imports import import_roster
from govnet.membership.roster.parser import COLUMNS, read_roster
from govnet.people import organisations
from govnet.people.models import Organisation as OrganisationRow
from govnet.people.models import PersonEmail

IMPORTED = 199
"""Days ago at which the old list came over."""
_DECIDE = ("tilda", "sam", "yusuf", "maren")


def plan(stage: Stage) -> None:
    """Have everybody come at their time."""
    stage.days_ago(IMPORTED, 12, lambda: _roster(stage))
    for number, person in enumerate(stage.facts.people.values()):
        hour = 8 + number * 0.21 % 13
        if person.came == "applied":
            _applies(stage, person, _DECIDE[number % len(_DECIDE)])
        elif person.kind == "member":
            stage.days_ago(person.days_ago, hour, _later(_confirm_own, stage, person))
        if person.kind in ("member", "representative"):
            stage.days_ago(person.days_ago - 1, 8, _later(_volume, stage, person))
        if person.named:
            stage.days_ago(person.days_ago - 1, 8.1, _later(_named, stage, person))
    for organisation in stage.facts.organisations.values():
        _organisation(stage, organisation)
    for one in stage.facts.applications:
        _application(stage, one)


def _later(act: Callable[..., object], *words: object) -> Callable[[], object]:
    return lambda: act(*words)


def know(stage: Stage) -> None:
    """Learn whose rows are whose, by their addresses."""
    query = select(PersonEmail.address, PersonEmail.person_id)
    rows = {row.address: row.person_id for row in db.session.execute(query)}
    stage.people = {key: rows[one.email] for key, one in stage.facts.people.items() if one.email in rows}


def _roster(stage: Stage) -> None:
    found = read_roster(_csv(stage).encode())
    if found.problems:
        raise ValueError("; ".join(map(str, found.problems)))
    import_roster(stage.network(), found.rows, go=True, via=Door.CLI)
    db.session.flush()  # from here on people act
    know(stage)


def _csv(stage: Stage) -> str:
    spoken = {one.representative: one.name for one in stage.facts.organisations.values()}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in stage.facts.people.values():
        if one.came != "found" or one.kind == "operator":
            continue
        if one.kind == "representative":
            writer.writerow((one.name, one.email, spoken[one.key], "organisation", "member-as-found"))
        else:
            comes = "subscriber" if one.kind == "subscriber" else "member-as-found"
            writer.writerow((one.name, one.email, "", "individual", comes))
    return out.getvalue()


def _own(stage: Stage, person: PersonFact) -> Membership:
    query = select(Membership).where(Membership.person_id == stage.people[person.key])
    return db.session.scalars(query).one()


def _confirm_own(stage: Stage, person: PersonFact) -> None:
    _confirm(stage, person.key, _own(stage, person))


def _named(stage: Stage, person: PersonFact) -> None:
    memberships_actions.name_in_public(_own(stage, person), True, by=stage.actor(person.key), via=Door.WEB)


def _confirm(stage: Stage, key: str, membership: Membership) -> None:
    whole = queries.with_party(membership.id)
    email = db.session.scalars(select(PersonEmail).where(PersonEmail.person_id == stage.people[key])).one()
    if whole is None:
        raise ValueError(f"{key} has no membership")
    by = stage.actor(key)
    if whole.organisation_id is not None:
        from govnet.people.models import Person as PersonRow

        by = memberships_actions.acting(db.session.get_one(PersonRow, stage.people[key]), whole)
    memberships_actions.confirm(whole, by=by, email_id=email.id, via=Door.MAIL)


def _volume(stage: Stage, person: PersonFact) -> None:
    preferences_actions.set_volume(stage.actor(person.key), stage.network(), Volume(person.volume))


def _asks(stage: Stage, **values: object) -> actions.ApplicationInput:
    rules = rules_in_force(stage.network_id)
    answers = (*rules[parameters.CRITERIA], *rules[parameters.CODE_OF_CONDUCT])
    return actions.ApplicationInput(charter=rules.number, answers=answers, **values)  # type: ignore[arg-type]


def _apply(stage: Stage, by: Actor, **values: object) -> int:
    application = actions.apply(stage.network(), _asks(stage, **values), by=by, via=Door.WEB)
    if application is None:
        raise ValueError(f"{values} could not apply")
    db.session.flush()  # the next step finds it by its key
    return application.id


def _applies(stage: Stage, person: PersonFact, decider: str) -> None:
    """Two days before she was let in she asked, and pressed the link in the mail."""
    made: list[int] = []
    asked = stage.calendar.at(-person.days_ago - 2, 19)
    stage.at(
        asked,
        lambda: made.append(_apply(stage, VISITOR, name=person.name, email=person.email, about=person.about)),
    )
    stage.at(asked + timedelta(minutes=9), lambda: _confirm_address(stage, made[0]))
    stage.days_ago(person.days_ago, 7.5, lambda: _admit(stage, made[0], decider))


def _confirm_address(stage: Stage, key: int) -> None:
    actions.confirm(db.session.get_one(Row, key), via=Door.MAIL)
    db.session.flush()  # the person is known from now on
    know(stage)


def _admit(stage: Stage, key: int, decider: str) -> None:
    decisions.admit(db.session.get_one(Row, key), by=stage.actor(decider), via=Door.WEB)


def _organisation(stage: Stage, one: OrganisationFact) -> None:
    speaker = stage.facts.people[one.representative]
    if speaker.kind == "representative":
        stage.days_ago(one.days_ago, 10, lambda: _confirm_organisation(stage, one))
    else:
        stage.days_ago(one.days_ago + 1, 11, lambda: _apply_for(stage, one))
        stage.days_ago(one.days_ago, 10, lambda: _admit_organisation(stage, one))
    if one.alternate:
        stage.days_ago(one.days_ago - 2, 18, lambda: _stands_in(stage, one))
        stage.days_ago(one.days_ago - 3, 9, lambda: _stand_in_confirmed(stage, one))


def _row_of(one: OrganisationFact) -> OrganisationRow:
    found = organisations.organisation_called(one.name)
    if found is None:
        raise ValueError(f"{one.name} is not known")
    return found


def _confirm_organisation(stage: Stage, one: OrganisationFact) -> None:
    query = select(Membership).where(Membership.organisation_id == _row_of(one).id)
    _confirm(stage, one.representative, db.session.scalars(query).one())


def _apply_for(stage: Stage, one: OrganisationFact) -> None:
    _apply(stage, stage.actor(one.representative), kind=MembershipKind.ORGANISATION, organisation_name=one.name,
           organisation_url=one.url, may_speak=True, about=one.about)  # fmt: skip


def _admit_organisation(stage: Stage, one: OrganisationFact) -> None:
    query = select(Row.id).where(Row.organisation_name == one.name)
    decider = next(key for key in _DECIDE if key != one.representative)
    _admit(stage, db.session.scalars(query).one(), decider)


def _stands_in(stage: Stage, one: OrganisationFact) -> None:
    by = stage.actor(one.alternate)
    organisations_actions.claim(
        stage.network(), _row_of(one), "Asked to stand in.", False, by=by, via=Door.WEB
    )


def _stand_in_confirmed(stage: Stage, one: OrganisationFact) -> None:
    email = stage.facts.people[one.alternate].email
    claim = organisations_queries.waiting_claim(stage.network_id, _row_of(one).id, email)
    if claim is None:
        raise ValueError(f"nobody asked to stand in for {one.name}")
    organisations_actions.confirm(claim, by=stage.actor(one.representative), via=Door.WEB)


def _application(stage: Stage, one: ApplicationFact) -> None:
    """Somebody who is no member yet: waiting, asked something, declined, or with an address not confirmed."""
    made: list[int] = []
    values: dict[str, object] = {"name": one.name, "email": one.email, "about": one.about}
    if one.organisation:
        values |= {
            "kind": MembershipKind.ORGANISATION,
            "organisation_name": one.organisation,
            "may_speak": one.speaks_for,
        }
    asked = stage.calendar.at(-one.days_ago, 20)
    stage.at(asked, lambda: made.append(_apply(stage, VISITOR, **values)))
    if one.state == "unconfirmed":
        return
    stage.at(asked + timedelta(minutes=4), lambda: _confirm_address(stage, made[0]))
    if one.state == "asked":
        stage.days_ago(one.asked_days_ago, 9, lambda: _ask(stage, made[0], one))
    if one.state == "declined":
        stage.days_ago(one.decided_days_ago, 9, lambda: _decline(stage, made[0], one))


def _ask(stage: Stage, key: int, one: ApplicationFact) -> None:
    row = db.session.get_one(Row, key)
    decisions.ask(row, one.question, by=stage.actor(one.asked_by), via=Door.WEB)


def _decline(stage: Stage, key: int, one: ApplicationFact) -> None:
    row = db.session.get_one(Row, key)
    decisions.decline(row, one.reason, by=stage.actor(one.decided_by), via=Door.WEB)
