"""The front doors: the list of networks, a network's home, and the page about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.charter.queries import Named, named, top_networks
from govnet.decisions.closing import results
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.register import search
from govnet.extensions import db
from govnet.forum.queries import latest_posts
from govnet.home import queries
from govnet.home.queries import OfficeToday, People, people
from govnet.kernel.actor import current_actor
from govnet.kernel.clock import now
from govnet.letters import queries as letters
from govnet.letters.page import line as letter_line
from govnet.permissions import Can, allows
from govnet.web.pages import data_page, page

bp = Blueprint("home", __name__)
blueprints = (bp,)
NOWHERE = frozenset({"mail", "operations"})
"""People whose pages belong to no network; accounts see to theirs themselves."""


def bind(app: Flask) -> None:
    """Pages that belong to no network are shown with the name and navigation of the one that the reader comes from."""
    app.before_request(_stand_somewhere)


def _stand_somewhere() -> None:
    if g.get("network") is None and request.blueprint in NOWHERE:
        last = session.get("network_id")
        known = db.session.get(Network, last) if last else None
        found = [] if known else top_networks()
        g.network = known or (found[0] if len(found) == 1 else None)


@bp.get("/")
@allows(Can.READ)
def index() -> Any:
    """The networks; where there is one at the top, straight to it."""
    found = top_networks()
    if len(found) == 1:
        return redirect(url_for(".home", network=found[0]))
    return page("home/index.html", networks=found)


@bp.get("/favicon.ico")
@allows(Can.READ)
def icon() -> Any:
    """The address at which browsers look for the icon by themselves."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@bp.get("/<network:network>/")
@allows(Can.READ)
def home(network: Network) -> Response:
    """The network's first page: its purpose, open proposals, decisions, coming dates, and how to join."""
    return page("home/home.html", committee_url=_known("committee.committee"), **_gathered(network))


@bp.get("/<network:network>.json")
@allows(Can.READ)
def home_data(network: Network) -> Response:
    """The same as data."""
    return data_page(_as_data(network, _gathered(network)))


@bp.get("/<network:network>/about")
@allows(Can.READ)
def about(network: Network) -> Response:
    """The page About: the purpose, the people who run it, and links to the rest."""
    return page("home/about.html", links=_links(), sisters=queries.sisters(network), people=people(network))


def _gathered(network: Network) -> dict[str, Any]:
    """Everything that home shows, for this reader."""
    who, actor = people(network), current_actor()
    return {
        "people": who,
        "named": named(who.authorities),
        "open_now": proposals_queries.open_now(network.id, actor, 3),
        "letters": letters.open_now(network.id, now()),
        "decided": [(each, results.outcome_in_words(each)) for each in search.lately(network.id, 3)],
        "coming": queries.coming_up(network, who),
        "said": latest_posts(network.id, 3, actor),
    }


def _open(row: proposals_queries.ProposalRow) -> dict[str, Any]:
    """Open proposals; how they stand, only where everybody may see it."""
    version = row.version
    return {
        "question": version.question,
        "closes": version.deadline.isoformat(),
        "could_answer": version.roll_size,
        "answered": row.tally.answered,
        "answers": row.tally.as_json() if row.counts else None,
        "url": _url("decisions.proposal", proposal_id=version.proposal_id),
    }


def _as_data(network: Network, found: dict[str, Any]) -> dict[str, Any]:
    who: People = found["people"]
    return {
        "network": network.slug, "name": network.name, "purpose": network.purpose, "state": network.state.value,
        "members": {"people": who.members, "organisations": who.organisations},
        "open": [_open(row) for row in found["open_now"]],
        "letters": [letter_line(row) for row in found["letters"]],
        "decided": [
            {"number": each.number, "question": each.question, "outcome": each.outcome.value,
             "decided_at": each.decided_at.isoformat(), "url": _url("decisions.decision", number=each.number)}
            for each, _words in found["decided"]
        ],
        "coming": [{"day": each.day.isoformat(), "what": each.words} for each in found["coming"]],
        "said": [
            {"title": said.title, "author": said.author, "at": said.at.isoformat(), "words": said.words,
             "url": _url("forum.post", thread_id=said.thread_id, number=said.number)}
            for said in found["said"]
        ],
        "committee": [_office(place, found["named"]) for place in who.places],
        "coordinator": _office(who.coordinator, found["named"]) if who.coordinator else None,
        "contact": {"name": network.contact_name, "email": network.contact_email, "phone": network.contact_phone},
    }  # fmt: skip


def _url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values, _external=True)


def _office(place: OfficeToday, named: Mapping[str, Named]) -> dict[str, Any]:
    decision = named.get(place.authority)
    return {
        "place": place.name, "holder": place.holder or None, "named": place.named, "from": _iso(place.start),
        "until": _iso(place.until), "decision": decision.number if decision else None,
    }  # fmt: skip


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _known(endpoint: str) -> str:
    """The page's address, or nothing while there is no such page."""
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _links() -> Sequence[tuple[str, str, str]]:
    """Pages about the network: label, address, one line."""
    wanted = (
        (_("Our rules"), "charter.charter", _("The rules in force here, and the decisions that made them.")),
        (_("The committee"), "committee.committee", _("The people on the committee, since when and until when.")),
        (_("The coordinator"), "coordinator.coordinator", _("The coordinator’s mandate, and until when it lasts.")),
        (_("Members"), "membership.members", _("The members who agreed to be named.")),
        (_("Organisations"), "membership.organisations", _("The organisations that are members, and who "
            "speaks for them.")),
        (_("Letters"), "letters.letters", _("Letters that people and organisations signed in their own "
            "names.")),
        (_("Announcements"), "announcements.archive", _("Mails that were sent to everybody.")),
        (_("Everything that happened"), "record.entries", _("Each change, written down once and never edited.")),
        (_("Downloads"), "record.downloads", _("All of it as files, for you to count yourself.")),
    )  # fmt: skip
    return [(words, url, line) for words, end, line in wanted if (url := _known(end))]
