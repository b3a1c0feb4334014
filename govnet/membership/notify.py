"""Notices when somebody asks to join, joins, or claims to speak for an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.membership import events
from govnet.membership.applications import appeals, page, queries
from govnet.offices.queries import officers
from govnet.record import registry


def to_officers(told: ToldEntry) -> Notice | None:
    """An application waits: the officers of the network are notified, at the volume they chose.

    Not for an organisation for which nobody may speak yet: that comes once somebody may.
    """
    application = queries.whole(told.key)
    if application is None or (
        told.details["verb"] == "membership.applied" and page.waits_for_voice(application)
    ):
        return None
    people = officers(told.network.id)
    return Notice(
        template="membership/to_decide",
        news=News.DISCUSSION,
        context={
            "application": application,
            "answered": told.details["verb"] == "membership.answered",
            "objected": "",
        },
        people=people,
        concerned=people,
        conversation=f"application-{application.id}",
    )


def objected(told: ToldEntry) -> Notice | None:
    """A member objected to somebody who was let in: the application is back with those who look after the network."""
    found = told.details["application"]
    application = queries.whole(int(str(found).rpartition(":")[2]))
    if application is None:
        return None
    people = officers(told.network.id)
    reason = str(told.details.get("reason", ""))
    return Notice(
        template="membership/to_decide",
        news=News.DISCUSSION,
        context={"application": application, "answered": False, "objected": reason},
        people=people,
        concerned=people,
        conversation=f"application-{application.id}",
    )


def announced(told: ToldEntry) -> Notice | None:
    """Somebody was let in, and members can object: they are notified, unless they want votes alone."""
    application = queries.whole(told.key)
    coming = queries.coming_in(told.key) if application else None
    if application is None or coming is None:
        return None
    on = coming.from_at.astimezone(ZoneInfo(told.network.zone)).date()
    name = page.organisation_name(application) or application.name
    return Notice(
        template="membership/new_member",
        news=News.ANNOUNCEMENT,
        context={"name": name, "about": application.about, "on": on, "last": on - timedelta(days=1)},
        people=queries.with_voice(told.network.id),
        conversation=f"application-{application.id}",
    )


def appealed(told: ToldEntry) -> Notice | None:
    """An appeal: to those who can hear it, not to the person who declined."""
    application, heard = queries.whole(told.key), appeals.hearing(told.key)
    if application is None or heard is None:
        return None
    people = {*officers(told.network.id)} - {application.decided_by_id}
    context = {"name": application.name, "text": heard.appeal.text}
    return Notice(
        template="membership/appealed",
        news=News.DISCUSSION,
        context={
            **context,
            "application_id": application.id,
            "due": heard.appeal.due_at,
            "zone": told.network.zone,
        },
        people=people,
        concerned=people,
        conversation=f"application-{application.id}",
    )


def unheard(told: ToldEntry) -> Notice:
    """An organisation for which nobody speaks is to renew: officers can find somebody who does."""
    people = officers(told.network.id)
    return Notice(
        template="membership/unheard",
        news=News.DISCUSSION,
        context={
            "name": told.details.get("name", ""),
            "organisation_id": int(str(told.details["organisation"]).rpartition(":")[2]),
            "last_day": date.fromisoformat(told.details["last_day"]),
        },
        people=people,
        concerned=people,
    )


def claimed(told: ToldEntry) -> Notice | None:
    """Somebody says that they may speak for an organisation: officers, and people who speak for it, can confirm."""
    organisation_id = int(str(told.details["organisation"]).rpartition(":")[2])
    people = {*officers(told.network.id), *queries.primaries(organisation_id)}
    return Notice(
        template="membership/claimed",
        news=News.DISCUSSION,
        context={
            "name": told.details.get("name", ""),
            "title": told.details.get("title", ""),
            "organisation_id": organisation_id,
        },
        people=people,
        concerned=people,
        conversation=f"claim-{told.key}",
    )


def _organisation(details: Mapping[str, Any]) -> str:
    key = int(str(details["organisation"]).rpartition(":")[2])
    return url_for("membership.organisation", organisation_id=key)


def _application(details: Mapping[str, Any]) -> str:
    key = int(str(details["application"]).rpartition(":")[2])
    return url_for("membership.application", application_id=key)


def bind() -> None:
    """Register the notices, and the pages of entries."""
    registry.tell(to_officers, events.Applied, events.ApplicantMaySpeak, events.ApplicationAnswered)
    registry.tell(objected, events.AdmissionObjected)
    registry.tell(announced, events.AdmissionAnnounced)
    registry.tell(claimed, events.RepresentationClaimed)
    registry.tell(appealed, events.AdmissionAppealed)
    registry.tell(unheard, events.RenewalUnheard)
    registry.link_to("application", lambda d: url_for("membership.application", application_id=int(d["key"])))
    registry.link_to("admission_objection", _application)
    registry.link_to("membership", lambda d: url_for("membership.members"))
    registry.link_to("representation", _organisation)
    registry.link_to("representation_claim", _organisation)
