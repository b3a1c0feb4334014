"""Networks with rules, and people who apply to them: what the tests of this folder start from."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import VISITOR, Door
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.membership.applications import actions, decisions
from govnet.membership.applications.actions import ApplicationInput
from govnet.membership.models import Application
from tests import builders

CRITERIA = ("I share the purpose of this network.", "I take part for the common good.")
CODE = ("I argue with what people say, not with who they are.",)
ALL = (*CRITERIA, *CODE)


def a_network_with_rules(slug: str = "uk", **rules: object) -> Network:
    """A network whose charter asks for three sentences and has the committee decide."""
    parameters = {"membership.criteria": list(CRITERIA), "conduct.code": list(CODE), **rules}
    return builders.a_network(slug, parameters=json.dumps(parameters))


def asks(**values: object) -> ApplicationInput:
    """Ada's input in the form."""
    typed = {"charter": 1, "answers": ALL, "name": "Ada Newcomer", "email": "ada@example.org", **values}
    return ApplicationInput(**typed)


def applies(network: Network, **values: object) -> Application | None:
    """Ada sends the form."""
    with transaction():
        return actions.apply(network, asks(**values), by=VISITOR, via=Door.WEB)


def a_waiting_application(network: Network, **values: object) -> Application:
    """Ada has sent the form and confirmed her address."""
    application = applies(network, **values)
    assert application is not None
    with transaction():
        return actions.confirm(application, via=Door.WEB)


def an_admitted(network: Network, by: object, **values: object) -> Application:
    """Ada was let in."""
    application = a_waiting_application(network, **values)
    with transaction():
        decisions.admit(application, by=by, via=Door.WEB)
    return application


def mails_to(address: str) -> list[tuple[str, str]]:
    """Subject and whole text of the mails queued for an address, oldest first."""
    query = (
        select(Rendering.subject, Rendering.body)
        .join(Mail, Mail.id == Rendering.mail_id)
        .join(Delivery, Delivery.mail_id == Mail.id)
        .where(Delivery.address == address)
        .order_by(Mail.id)
    )
    return [(subject, _plain(body or b"")) for subject, body in db.session.execute(query)]


def _plain(body: bytes) -> str:
    import quopri

    return quopri.decodestring(body).decode("utf-8", "replace")


def link_in(text: str, part: str) -> str:
    """The path of the first link in a mail that holds `part`."""
    found = re.search(rf"https?://[^/\s]+(/[^\s\"<>]*{part}[^\s\"<>]*)", text)
    assert found, f"no link with {part} in {text[:500]}"
    return found[1]
