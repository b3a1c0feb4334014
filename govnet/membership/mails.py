"""The personal mails of joining and belonging: each made of its template, sent if the transaction commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.mail.page_addresses import Ending
from govnet.membership.models import Application, RepresentationClaim
from govnet.membership.signed_links import token_for, url_until
from govnet.sign_in.links import for_mail


def status_url(application: Application, until: datetime | None = None) -> Ending:
    """The applicant's own page, which the mail's link opens; `until` where nothing is left of it sooner."""
    network = db.session.get_one(Network, application.network_id)
    url = url_until(network, "membership.mine", token_for("application", application.id))
    return Ending(url, until, network.zone) if until else url


def to_applicant(template: str, application: Application, *, key: str = "", **context: Any) -> None:
    """A mail about an application to the applicant; once for a `key`."""
    network = db.session.get_one(Network, application.network_id)
    outbox.post(
        f"membership/{template}",
        to=Address(application.email, application.name),
        context={
            "application": application,
            "status_url": status_url(application),
            "network": network,
            "zone": network.zone,
            **context,
        },
        network=network,
        language=application.language,
        person_id=application.person_id,
        key=key,
    )


def already(network: Network, to: Address, case: str, url: str, *, language: str) -> None:
    """To an address that is known here and was typed into the form to join: how it stands, and what to do."""
    context = {"case": case, "act_url": url, "network": network}
    outbox.post("membership/already", to=to, context=context, network=network, language=language)


def confirm_membership(
    network: Network,
    to: Address,
    url: Ending,
    *,
    answers_to: str,
    party: str,
    language: str,
    key: str,
    again: bool,
) -> None:
    """To somebody from the old list: one click, or an answer, says that they are a member; once more after a silence."""
    context = {
        "act_url": url,
        "party": party,
        "name": to.name,
        "network": network,
        "again": again,
        "by_answer": bool(answers_to),
    }
    outbox.post(
        "membership/confirm_membership",
        to=to,
        context=context,
        network=network,
        language=language,
        key=key,
        answers_to=answers_to,
    )


def own_address(network: Network, to: Address, url: Ending, *, language: str, key: str) -> None:
    """To somebody from the old list whose address is another's there: which one do only they read?"""
    context = {"act_url": url, "name": to.name, "network": network}
    outbox.post("membership/own_address", to=to, context=context, network=network, language=language, key=key)


def signing_in(network: Network, person_id: int | None, address: str) -> Ending | None:
    """For a mail that tells somebody that they are a member: the link of their own that signs them in, once."""
    found = for_mail(person_id, address) if person_id is not None else None
    return Ending(*found, network.zone, once=True) if found else None


def confirmed(
    network: Network, to: Address, *, party: str, language: str, when: str, key: str, person_id: int
) -> None:
    """To a person who confirmed a membership by an answer: what was recorded, how to sign in, and how to undo it."""
    sign_in = signing_in(network, person_id, to.address)
    context = {"party": party, "name": to.name, "network": network, "when": when, "sign_in": sign_in}
    outbox.post("membership/confirmed", to=to, context=context, network=network, language=language, key=key)


def renewal(
    template: str, network: Network, to: Address, url: Ending, *, language: str, key: str, **context: Any
) -> None:
    """To a member who is asked to stay, or whose membership ran out: one click."""
    context |= {"act_url": url, "name": to.name, "network": network}
    outbox.post(f"membership/{template}", to=to, context=context, network=network, language=language, key=key)


def invitation(claim: RepresentationClaim, network: Network, *, by: str, organisation: str) -> None:
    """To somebody who was named to speak for an organisation: accept or not."""
    url = url_until(network, "membership.invitation", token_for("claim", claim.id))
    context = {"claim": claim, "by": by, "organisation": organisation, "act_url": url, "network": network}
    outbox.post(
        "membership/invitation", to=Address(claim.email, claim.name), context=context, network=network
    )


def claim_settled(claim: RepresentationClaim, network: Network, *, accepted: bool, organisation: str) -> None:
    """To somebody who said that they may speak for an organisation: whether it was confirmed."""
    context = {"claim": claim, "accepted": accepted, "organisation": organisation, "network": network}
    outbox.post(
        "membership/claim_settled", to=Address(claim.email, claim.name), context=context, network=network,
        person_id=claim.person_id,
    )  # fmt: skip
