"""The form to join, filled with what the charter asks and who is known; and read back as what somebody asks."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from govnet.charter.models import Network
from govnet.kernel.actor import Actor, Door
from govnet.membership.applications.actions import Asks
from govnet.membership.forms import KINDS, NOT_LISTED, JoinForm
from govnet.membership.models import MembershipKind
from govnet.membership.organisations.queries import known_organisations
from govnet.membership.terms import terms

WEB = Door.WEB


def fresh(network: Network, actor: Actor) -> JoinForm:
    """The form with the sentences and kinds of the charter in force; name and address only of those we don't know."""
    form = JoinForm(about=network)
    asked = terms(network.id)
    kinds = [kind for kind in KINDS if kind.value in asked.kinds]
    form.party.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in kinds]
    if not form.party.data:
        form.party.data = kinds[0].value
    form.organisation.choices = [
        SelectChoice("", _("Choose, or name it below")),
        *(SelectChoice(str(key), name) for key, name in known_organisations(network.id)),
        SelectChoice(NOT_LISTED, _("Not in this list: I name it below")),
    ]
    form.criteria.offer(asked.criteria)
    form.code.offer(asked.code)
    if not form.is_submitted():
        form.charter.data = str(asked.number)
    if actor.signed_in:
        del form.name, form.email
    return form


def begin_as(form: JoinForm, kind: str) -> None:
    """Begin with one of the ways to join, where our rules know it: a link can lead to it."""
    if kind in [str(option.data) for option in form.party]:
        form.party.data = kind


def outdated(form: JoinForm, network: Network) -> bool:
    """Whether the rules changed since the form was opened. What was typed and still applies stays; it is shown anew."""
    number = str(terms(network.id).number)
    before, form.charter.data = form.charter.data, number
    return before != number


def asks(form: JoinForm, *, language: str) -> Asks:
    """What was typed, in the words of the action."""
    kind = MembershipKind(form.party.data)
    for_organisation = kind is MembershipKind.ORGANISATION
    chosen = form.organisation_id()
    return Asks(
        charter=int(form.charter.data or 0),
        answers=(*form.criteria.ticked(), *form.code.ticked()),
        name=(form.name.data or "") if "name" in form else "",
        email=(form.email.data or "") if "email" in form else "",
        kind=kind,
        organisation_id=chosen,
        organisation_name=(form.organisation_name.data or "") if for_organisation and not chosen else "",
        organisation_url=(form.organisation_url.data or "") if for_organisation and not chosen else "",
        may_speak=for_organisation and form.may_speak.data == "yes",
        named_in_public=bool(form.named.data),
        about=form.about.data or "",
        language=language,
    )
