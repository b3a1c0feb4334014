"""Addresses that programs ask of every server: where to report a vulnerability, and what not to index."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, url_for

from govnet.charter.queries import top_networks
from govnet.kernel import clock
from govnet.permissions import Can, allows

bp = Blueprint("well_known", __name__)
blueprints = (bp,)
GOOD_FOR = timedelta(days=180)
"""How long a copy of security.txt may be believed; RFC 9116 wants less than a year."""
NOT_FOR_ROBOTS = (
    "/me",
    "/sign-in",
    "/sign-out",
    "/operator",
    "/found/",
    "/unsubscribe/",
    "/mail/",
    "/demo",
    "/*/join",
)


@bp.get("/.well-known/security.txt")
@allows(Can.READ)
def security() -> Response:
    """The contact for vulnerabilities (RFC 9116): SECURITY_CONTACT, else the networks' own mailboxes."""
    contacts = _contacts()
    if not contacts:
        abort(404)
    expires = (clock.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    lines.append(f"Canonical: {current_app.config['SITE_URL']}{url_for('.security')}")
    return _text(lines)


@bp.get("/robots.txt")
@allows(Can.READ)
def robots() -> Response:
    """Public pages may be indexed; a demo may not be found at all."""
    hidden = ("/",) if current_app.config["DEMO"] else NOT_FOR_ROBOTS
    return _text(["User-agent: *", *(f"Disallow: {path}" for path in hidden)])


def _contacts() -> list[str]:
    told = current_app.config["SECURITY_CONTACT"]
    found = [told] if told else [network.contact_email for network in top_networks() if network.contact_email]
    return list(dict.fromkeys(one if ":" in one else f"mailto:{one}" for one in found))


def _text(lines: list[str]) -> Response:
    response = Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
