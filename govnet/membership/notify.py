"""Who is told when somebody asks to join, joins, or says that they speak for an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from govnet.mail.notices import Notice, Told
from govnet.mail.volume import News
from govnet.membership import application_queries
from govnet.membership.registry import officers
from govnet.record import registry


def to_officers(told: Told) -> Notice | None:
    """An application waits: those who look after the network are told, at the volume they chose."""
    application = application_queries.whole(told.key)
    if application is None:
        return None
    people = officers(told.network.id)
    return Notice(
        template="membership/to_decide",
        news=News.DISCUSSION,
        context={"application": application, "answered": told.details["verb"] == "membership.answered"},
        people=people,
        concerned=people,
        conversation=f"application-{application.id}",
    )


def claimed(told: Told) -> Notice | None:
    """Somebody says that they may speak for an organisation: officers and who speaks for it can confirm."""
    organisation_id = int(str(told.details["organisation"]).rpartition(":")[2])
    people = {*officers(told.network.id), *application_queries.primaries(organisation_id)}
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


def bind() -> None:
    """Register who is told, and where entries lead."""
    registry.tell("membership.applied", to_officers)
    registry.tell("membership.answered", to_officers)
    registry.tell("organisation.claimed", claimed)
    registry.link_to("application", lambda d: url_for("membership.application", application_id=int(d["key"])))
    registry.link_to("membership", lambda d: url_for("membership.members"))
    registry.link_to("representation", _organisation)
    registry.link_to("representation_claim", _organisation)
