"""Joining: the form, the mail's link, and the page on which an applicant sees where it stands."""

from __future__ import annotations

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import db, limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.translation import language
from govnet.mail.preferences.actions import subscribe_address
from govnet.membership import criteria, signed_links
from govnet.membership.applications import actions, forms, queries
from govnet.membership.applications import page as applications_page
from govnet.membership.applications.forms import (
    AdmissionAppealForm,
    ApplicantAnswerForm,
    JoinForm,
    JustMailForm,
)
from govnet.membership.blueprint import bp
from govnet.membership.models import Application
from govnet.membership.name_marks import PLACE, marks, signature
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import finish_with, never_cached, page, see

blueprints = (bp,)


def bind(app: Flask) -> None:
    """Templates sign what people wrote: `signed(name, person_id, gone)`."""
    app.jinja_env.globals["signed"] = _signed
    finish_with(_fill)


def _signed(
    name: str | None,
    person_id: int | None,
    gone: str = "",
    *,
    chip: bool = False,
    network: Network | None = None,
) -> Markup:
    """Somebody's name, or `gone`, and the place for the mark beside it, which the whole page asks for at its end."""
    where = network or g.get("network")
    return signature(name or gone, person_id if name else None, where and where.id, chip=chip)


def _fill(page: str) -> str:
    wanted: dict[int, set[int]] = {}
    for network_id, person_id, _chip in PLACE.findall(page):
        wanted.setdefault(int(network_id), set()).add(int(person_id))
    if not wanted:
        return page
    found: dict[tuple[str, str], str] = {}
    for network_id, people in wanted.items():
        network = db.session.get_one(Network, network_id)
        here = g.get("network") is not None and g.network.id == network_id
        inside = here and can(current_actor(), Can.SEE_MEMBERS, network)
        for person_id, mark in marks(network, people).items():
            found[str(network_id), str(person_id)] = mark.inside if inside else mark.outside
    return PLACE.sub(lambda place: _mark(found.get((place[1], place[2]), ""), place[3]), page)


def _mark(mark: str, kind: str) -> Markup | str:
    if not mark:
        return ""
    shape = ' <bdi class="chip is-accent">{}</bdi>' if kind else ' <bdi class="meta">({})</bdi>'
    return Markup(shape).format(mark)  # noqa: S704 - one of two constants


OFTEN = "40 per hour"
"""How often one address on the network may ask us to write to somebody."""


@bp.route("/<network:network>/join", methods=["GET", "POST"])
@limiter.limit(OFTEN, methods=["POST"])
@allows(Can.APPLY)
def join(network: Network) -> Response:
    """Ask to join, also for an organisation if the address says so; or take the easy exit: just the mail.

    A mail asks whether it was really her. If the rules changed meanwhile, she checks them again.
    """
    form = forms.fresh(network, current_actor())
    if not form.is_submitted():
        forms.begin_as(form, request.args.get("as", ""))
    elif forms.outdated(form, network):
        return _join_page(network, form, 409, changed=True)
    return form_view(
        form,
        lambda: actions.apply(
            network, forms.asks(form, language=_language()), by=current_actor(), via=Door.WEB
        ),
        lambda made: _after(network, made),
        lambda status: _join_page(network, form, status),
        makes=True,
    )


def _language() -> str:
    return language()


def _join_page(network: Network, form: JoinForm, status: int, *, changed: bool = False) -> Response:
    never_cached()
    return page(
        "membership/applications/join.html",
        status,
        form=form,
        mail_form=JustMailForm(about=network, formdata=None),
        terms=criteria.terms(network.id),
        changed=changed,
        usual=queries.usual_days(network.id),
        means=criteria.meaning_of_joining(network.id),
    )


def _after(network: Network, made: Application | None) -> str:
    """A visitor sees the same page whatever we know; somebody signed in sees the application."""
    if made is not None and current_actor().signed_in:
        return url_for(".mine", network=network, token=signed_links.token_for("application", made.id))
    return url_for(".sent", network=network)


@bp.get("/<network:network>/join/sent")
@allows(Can.APPLY)
def sent(network: Network) -> Response:
    """The next step: a mail is on its way."""
    return page("membership/applications/sent.html", just_mail=False)


@bp.route("/<network:network>/join/mail", methods=["GET", "POST"])
@limiter.limit(OFTEN, methods=["POST"])
@allows(Can.APPLY)
def just_mail(network: Network) -> Response:
    """Only read: the address is asked by mail whether it wants ours."""
    never_cached()
    form = JustMailForm(about=network)
    return form_view(
        form,
        lambda: subscribe_address(network, form.address.data or "", language=_language()),
        url_for(".mail_sent"),
        lambda status: page("membership/applications/just_mail.html", status, mail_form=form),
    )


@bp.get("/<network:network>/join/mail/sent")
@allows(Can.APPLY)
def mail_sent(network: Network) -> Response:
    """The next step: a mail asks whether the address wants ours."""
    return page("membership/applications/sent.html", just_mail=True)


@bp.get("/<network:network>/applications/mine")
@allows(Can.OWN)
def my_application(network: Network) -> Response:
    """Lead somebody signed in to her own application."""
    found = queries.application_of(current_actor().person_id or 0, network.id)
    if found is None:
        return see(".join")
    return see(".mine", token=signed_links.token_for("application", found))


@bp.get("/<network:network>/applications/mine/<token>")
@allows(Can.APPLY)
def mine(network: Network, token: str) -> Response:
    """Where an application stands. Looking changes nothing: the page has the buttons."""
    return status_page(network, token)


def held(network: Network, token: str) -> Application:
    """The application that the link is about."""
    found = queries.whole(signed_links.ids_of("application", token)[0])
    if found is None or found.network_id != network.id:
        raise NotFound(_("This application is no longer here. Please fill in the form again."))
    return found


def status_page(network: Network, token: str, code: int = 200, form: Form | None = None) -> Response:
    """The applicant's page, with a form that was sent in vain."""
    never_cached()
    application = held(network, token)
    facts = applications_page.page_of(application, network)
    answer = (
        form
        if isinstance(form, ApplicantAnswerForm)
        else ApplicantAnswerForm(about=application, formdata=None)
    )
    appeal = (
        form
        if isinstance(form, AdmissionAppealForm)
        else AdmissionAppealForm(about=application, formdata=None)
    )
    facts |= {"appeal_form": appeal, "officers_page": False}
    return page(
        "membership/applications/status.html",
        code,
        **facts,
        token=token,
        form=form,
        answer_form=answer,
        button=Form(),
    )


@bp.post("/<network:network>/applications/mine/<token>/confirm")
@allows(Can.APPLY)
def confirm(network: Network, token: str) -> Response:
    """The button of the mail's page: yes, it was me."""
    application, form = held(network, token), Form()
    key = application.id
    return form_view(
        form,
        lambda: actions.confirm(application, via=Door.WEB),
        lambda counts: url_for(".mine", token=signed_links.token_for("application", counts.id)),
        lambda status: status_page(network, token, status, form),
        done=lambda counts: (
            _("We already have an application from you, and that one counts. Here it is.")
            if counts.id != key
            else ""
        ),
    )


@bp.post("/<network:network>/applications/mine/<token>/answer")
@allows(Can.APPLY)
def answer(network: Network, token: str) -> Response:
    """The applicant answers a question."""
    application = held(network, token)
    form = ApplicantAnswerForm(about=application)
    return form_view(
        form,
        lambda: actions.answer(application, form.body.data or "", via=Door.WEB),
        url_for(".mine", token=token),
        lambda status: status_page(network, token, status, form),
        done=_("Thank you. Your answer has gone to the people who decide."),
        makes=True,
    )


@bp.post("/<network:network>/applications/mine/<token>/speak")
@allows(Can.APPLY)
def speak(network: Network, token: str) -> Response:
    """The applicant may speak for her organisation now."""
    application = held(network, token)
    return press(lambda: actions.speak_now(application, via=Door.WEB), url_for(".mine", token=token))


@bp.post("/<network:network>/applications/mine/<token>/withdraw")
@allows(Can.APPLY)
def withdraw(network: Network, token: str) -> Response:
    """The applicant takes it back."""
    application = held(network, token)
    return press(lambda: actions.withdraw(application, via=Door.WEB), url_for(".mine", token=token))
