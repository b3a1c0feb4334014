"""Joining: the form, the mail's link, and the page on which an applicant sees where it stands."""

from __future__ import annotations

from flask import Flask, flash, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import db, limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.transaction import transaction
from govnet.mail.preferences.actions import subscribe_address
from govnet.membership import links, terms
from govnet.membership.applications import actions, forms, queries
from govnet.membership.applications import page as applications_page
from govnet.membership.applications.forms import (
    AdmissionAppealForm,
    ApplicantAnswerForm,
    JoinForm,
    JustMailForm,
)
from govnet.membership.blueprint import bp
from govnet.membership.marks import PLACE, marks, signature
from govnet.membership.models import Application
from govnet.permissions import Can, allows, can
from govnet.web.forms import Form, once
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


@bp.get("/<network:network>/join")
@allows(Can.APPLY)
def join(network: Network) -> Response:
    """The form to join, begun for an organisation where the address says so; and the easy exit: just the mail."""
    form = forms.fresh(network, current_actor())
    forms.begin_as(form, request.args.get("as", ""))
    return _join_page(network, form)


def _join_page(network: Network, form: JoinForm, status: int = 200, *, changed: bool = False) -> Response:
    never_cached()
    return page(
        "membership/join.html",
        status,
        form=form,
        mail_form=JustMailForm(about=network, formdata=None),
        terms=terms.terms(network.id),
        changed=changed,
        usual=queries.usual_days(network.id),
        means=terms.what_joining_means(network.id),
    )


@bp.post("/<network:network>/join")
@limiter.limit(OFTEN)
@allows(Can.APPLY)
def apply(network: Network) -> Response:
    """Somebody wants to join: a mail asks whether it was really her. If the rules changed meanwhile, look again."""
    form = forms.fresh(network, current_actor())
    if forms.outdated(form, network):
        return _join_page(network, form, 409, changed=True)
    if form.validate_on_submit():
        with form.catching():
            asks = forms.asks(form, language=str(get_locale() or "en"))
            return once(
                form,
                lambda: actions.apply(network, asks, by=current_actor(), via=Door.WEB),
                lambda made: _after(network, made),
            )
    return _join_page(network, form, 422)


def _after(network: Network, made: Application | None) -> str:
    """A visitor sees the same page whatever we know; somebody signed in sees the application."""
    if made is not None and current_actor().signed_in:
        return url_for(".mine", network=network, token=links.token_for("application", made.id))
    return url_for(".sent", network=network)


@bp.get("/<network:network>/join/sent")
@allows(Can.APPLY)
def sent(network: Network) -> Response:
    """What happens next: a mail is on its way."""
    return page("membership/sent.html", just_mail=False)


@bp.get("/<network:network>/join/mail")
@allows(Can.APPLY)
def just_mail(network: Network) -> Response:
    """The form for those who only want to read."""
    never_cached()
    return page("membership/just_mail.html", mail_form=JustMailForm(about=network), form=None)


@bp.post("/<network:network>/join/mail")
@limiter.limit(OFTEN)
@allows(Can.APPLY)
def subscribe(network: Network) -> Response:
    """Just the mail: the address is asked by mail whether it wants it."""
    form = JustMailForm(about=network)
    if not form.validate_on_submit():
        never_cached()
        return page("membership/just_mail.html", 422, mail_form=form, form=form)
    with transaction():
        subscribe_address(network, form.address.data or "", language=str(get_locale() or "en"))
    return see(".mail_sent")


@bp.get("/<network:network>/join/mail/sent")
@allows(Can.APPLY)
def mail_sent(network: Network) -> Response:
    """What happens next: a mail asks whether the address wants ours."""
    return page("membership/sent.html", just_mail=True)


@bp.get("/<network:network>/applications/mine")
@allows(Can.OWN)
def my_application(network: Network) -> Response:
    """Lead somebody signed in to her own application."""
    found = queries.application_of(current_actor().person_id or 0, network.id)
    if found is None:
        return see(".join")
    return see(".mine", token=links.token_for("application", found))


@bp.get("/<network:network>/applications/mine/<token>")
@allows(Can.APPLY)
def mine(network: Network, token: str) -> Response:
    """Where an application stands. Looking changes nothing: the page has the buttons."""
    return status_page(network, token)


def held(network: Network, token: str) -> Application:
    """The application that the link is about."""
    found = queries.whole(links.ids_of("application", token)[0])
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
        "membership/status.html", code, **facts, token=token, form=form, answer_form=answer, button=Form()
    )


@bp.post("/<network:network>/applications/mine/<token>/confirm")
@allows(Can.APPLY)
def confirm(network: Network, token: str) -> Response:
    """The button of the mail's page: yes, it was me."""
    application, form = held(network, token), Form()
    with form.catching(), transaction():
        counts = actions.confirm(application, via=Door.WEB).id
    if form.errors:
        return status_page(network, token, 422, form)
    if counts != application.id:
        flash(_("We have an application from you already; that one counts. Here it is."), "success")
    return see(".mine", token=links.token_for("application", counts))


@bp.post("/<network:network>/applications/mine/<token>/answer")
@allows(Can.APPLY)
def answer(network: Network, token: str) -> Response:
    """The applicant answers what was asked."""
    application = held(network, token)
    form = ApplicantAnswerForm(about=application)
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: actions.answer(application, form.body.data or "", via=Door.WEB),
                lambda _made: url_for(".mine", network=network, token=token),
                done=_("Thank you. Your answer is with those who decide."),
            )
    return status_page(network, token, 422, form)


@bp.post("/<network:network>/applications/mine/<token>/speak")
@allows(Can.APPLY)
def speak(network: Network, token: str) -> Response:
    """The applicant may speak for her organisation now."""
    application, form = held(network, token), Form()
    with form.catching(), transaction():
        actions.speak_now(application, via=Door.WEB)
    if not form.errors:
        return see(".mine", token=token)
    return status_page(network, token, 422, form)


@bp.post("/<network:network>/applications/mine/<token>/withdraw")
@allows(Can.APPLY)
def withdraw(network: Network, token: str) -> Response:
    """The applicant takes it back."""
    application, form = held(network, token), Form()
    with form.catching(), transaction():
        actions.withdraw(application, via=Door.WEB)
    if not form.errors:
        return see(".mine", token=token)
    return status_page(network, token, 422, form)
