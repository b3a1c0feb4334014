"""Forms of joining and of deciding about it. The form to join is filled with what the charter asks, and read back."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError

from govnet.charter.models import Network
from govnet.kernel import web_addresses
from govnet.kernel.actor import Actor
from govnet.kernel.numbers import whole_number
from govnet.membership.applications.actions import ApplicationInput
from govnet.membership.criteria import terms
from govnet.membership.models import MembershipKind
from govnet.membership.organisations.queries import known_organisations
from govnet.people.fields import EmailAddress
from govnet.web.forms import SAME_FOR, Form, MarkdownField, NameText, Text, Ticks

KINDS = {
    MembershipKind.INDIVIDUAL: _l("for myself"),
    MembershipKind.ORGANISATION: _l("for an organisation"),
    MembershipKind.OBSERVER: _l("as an observer, without a vote"),
}
NOT_LISTED = "new"


class WebAddress(Text):
    """The address of a site; empty is fine, `javascript:` is not."""

    def pre_validate(self, form: Any) -> None:
        """Make it whole, or refuse it."""
        super().pre_validate(form)
        if self.data:
            found = web_addresses.web_address(self.data)
            if found is None:
                raise ValidationError(_("Enter a web address, such as www.example.org, or leave this empty."))
            self.data = found


class JoinForm(Form):
    """The form for joining."""

    same_for = SAME_FOR
    charter = HiddenField()
    name = NameText(_l("Your name"), missing=_l("Enter your name"), limit=100)
    email = EmailAddress(_l("Your e-mail address"))
    party = RadioField(_l("I join"), choices=[])
    organisation = SelectField(_l("The organisation"), choices=[], validate_choice=False)
    organisation_name = NameText(_l("Its name, if it is not in the list"), person=False, limit=150)
    organisation_url = WebAddress(_l("Its website (if you like)"), limit=300)
    may_speak = RadioField(
        _l("May you speak for it?"),
        choices=[SelectChoice("yes", _l("yes, I may speak for it")), SelectChoice("no", _l("not yet"))],
        validate_choice=False,
    )
    criteria = Ticks(_l("What members agree to"), missing=_l("Tick each sentence that members agree to"))
    code = Ticks(_l("How we treat each other"), missing=_l("Tick each sentence of how we treat each other"))
    named = BooleanField(_l("Everybody may see my name in the list of members, not only members"))
    about = MarkdownField(_l("What brings you here? (if you like)"), limit=2_000)

    def for_organisation(self) -> bool:
        """Whether an organisation joins."""
        return "party" in self and self.party.data == MembershipKind.ORGANISATION

    def validate_organisation(self, field: Any) -> None:
        """Chosen from the list or named, where an organisation joins."""
        if not self.for_organisation():
            return
        if field.data == NOT_LISTED or not field.data:
            if not self.organisation_name.data:
                raise ValidationError(_("Choose the organisation, or write its name"))
        elif field.data not in [str(choice.value) for choice in field.choices]:
            raise ValidationError(_("Choose the organisation from the list, or write its name"))

    def validate_may_speak(self, field: Any) -> None:
        """Said either way, where an organisation joins."""
        if self.for_organisation() and field.data not in ("yes", "no"):
            raise ValidationError(_("Say whether you may speak for the organisation"))

    def organisation_id(self) -> int | None:
        """The one chosen from the list; None where a name was typed."""
        return whole_number(self.organisation.data) if self.for_organisation() else None


class JustMailForm(Form):
    """An address that wants the mail and nothing else."""

    address = EmailAddress(_l("Your e-mail address"))


class ApplicantAnswerForm(Form):
    """The applicant's answer."""

    body = MarkdownField(_l("Your answer"), missing=_l("Write your answer"), limit=5_000)


class DecideForm(Form):
    """An officer decides, having read so many questions and answers."""

    seen = HiddenField()

    def read(self, notes: int) -> None:
        """The page shows this many, so anybody who sends it now has read them."""
        self.seen.data = str(notes)

    def notes(self) -> int:
        """How many had been read; none where the field is not one of ours."""
        return whole_number(self.seen.data) or 0


class QuestionForm(DecideForm):
    """An officer's question."""

    question = MarkdownField(_l("Your question"), missing=_l("Write what you want to know"), limit=5_000)


class DeclineForm(DecideForm):
    """Why the answer is no."""

    reason = MarkdownField(_l("The reason"), missing=_l("Give a reason: it is mailed"), limit=5_000)


class AdmissionAppealForm(Form):
    """Why two others should look at it again."""

    body = MarkdownField(
        _l("Why should it be looked at again?"),
        missing=_l("Say why it should be looked at again."),
        limit=5_000,
    )


class AdmissionHearingForm(Form):
    """The answer of one person who hears an appeal."""

    answer = RadioField(
        _l("What do you say?"),
        choices=[
            SelectChoice("stands", _l("The answer stands")),
            SelectChoice("let in", _l("Let in after all")),
        ],
        validators=[InputRequired(_l("Choose what you say."))],
    )
    reason = MarkdownField(_l("Why?"), missing=_l("Give a reason: it is mailed"), limit=5_000)


class ObjectForm(Form):
    """Why somebody should not be let in."""

    reason = MarkdownField(
        _l("Your reason"), missing=_l("Give a reason: the committee has to weigh it"), limit=5_000
    )


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
    """Whether the rules changed since the form was opened. Input that still applies stays; the form is shown anew."""
    number = str(terms(network.id).number)
    before, form.charter.data = form.charter.data, number
    return before != number


def asks(form: JoinForm, *, language: str) -> ApplicationInput:
    """The input for the action."""
    kind = MembershipKind(form.party.data)
    for_organisation = kind is MembershipKind.ORGANISATION
    chosen = form.organisation_id()
    return ApplicationInput(
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
