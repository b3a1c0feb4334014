"""The charter as a document, as it stands, as it stood, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, url_for

from govnet.charter import document, queries
from govnet.charter import parameters as p
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import diff
from govnet.permissions import Can, allows, who_can
from govnet.record import registry
from govnet.web.pages import data_page, page

bp = Blueprint("charter", __name__)
blueprints = (bp,)


def bind(_app: object) -> None:
    """Entries about a charter lead to its version."""
    registry.link_to("charter_version", lambda d: url_for("charter.history"))


@bp.get("/<network:network>/charter")
@allows(Can.READ)
def charter(network: Network) -> Response:
    """The rules in force."""
    return page(
        "charter/charter.html", **_read(network, queries.version_in_force(network.id)), numbered=False
    )


@bp.get("/<network:network>/charter/<int:number>")
@allows(Can.READ)
def version(network: Network, number: int) -> Response:
    """The rules as they were at one version."""
    return page("charter/charter.html", **_read(network, _numbered(network, number)), numbered=True)


@bp.get("/<network:network>/charter/history")
@allows(Can.READ)
def history(network: Network) -> Response:
    """Every version and what it changed."""
    return page("charter/history.html", steps=_steps(network))


@bp.get("/<network:network>/charter.json")
@allows(Can.READ)
def charter_json(network: Network) -> Response:
    """The rules in force as data."""
    return data_page(_facts([queries.version_in_force(network.id)])[0])


@bp.get("/<network:network>/charter/<int:number>.json")
@allows(Can.READ)
def version_json(network: Network, number: int) -> Response:
    """One version as data."""
    return data_page(_facts([_numbered(network, number)])[0])


@bp.get("/<network:network>/charter/history.json")
@allows(Can.READ)
def history_json(network: Network) -> Response:
    """Every version as data."""
    return data_page({"versions": _facts(queries.versions(network.id))})


def _numbered(network: Network, number: int) -> CharterVersion:
    found = queries.version_numbered(network.id, number)
    if found is None:
        abort(404)
    return found


def _read(network: Network, shown: CharterVersion) -> dict[str, Any]:
    """The values for the document: its chapters, and the decision behind each sentence."""
    newest_first = queries.versions(network.id)
    until = [each for each in reversed(newest_first) if each.number <= shown.number]
    since = document.set_by([queries.rules_of(each) for each in until])
    cited = queries.named([each.adopted_by for each in newest_first])
    charter = queries.rules_of(shown)
    return {
        "version": shown,
        "charter": charter,
        "latest": queries.version_in_force(network.id),
        "chapters": document.chapters(charter, since),
        "who_can": list(who_can(lambda key: charter[p.CATALOGUE[key]])),
        "versions": {each.number: each for each in newest_first},
        "cited": cited,
    }


def _steps(network: Network) -> list[dict[str, Any]]:
    newest_first = queries.versions(network.id)
    cited = queries.named([each.adopted_by for each in newest_first])
    steps = []
    for each, before in zip(newest_first, [*newest_first[1:], None], strict=True):
        changes = diff(queries.rules_of(before), queries.rules_of(each)) if before else ()
        steps.append({"version": each, "changes": changes, "decision": cited.get(each.adopted_by or "")})
    return steps


def _facts(versions: Sequence[CharterVersion]) -> list[dict[str, Any]]:
    cited = queries.named([each.adopted_by for each in versions])
    return [
        {
            "number": each.number,
            "in_force_from": each.in_force_from.isoformat(),
            "decision": cited[each.adopted_by or ""].number if each.adopted_by in cited else None,
            "evidence": each.evidence,
            "rules": queries.rules_of(each).stored(),
        }
        for each in versions
    ]
