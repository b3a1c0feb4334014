"""Applications as officers see them: the list, one of them, and the three answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import kinds as charter_kinds
from govnet.charter.models import Network
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import asked_page
from govnet.membership import criteria as membership_terms
from govnet.membership import rules
from govnet.membership.applications import appeals, decisions, speakers
from govnet.membership.applications import page as applications_page
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications.decisions import may_decide
from govnet.membership.applications.forms import AdmissionHearingForm, DecideForm, DeclineForm, QuestionForm
from govnet.membership.blueprint import bp
from govnet.membership.models import Application
from govnet.membership.name_marks import namesakes
from govnet.membership.organisations.queries import claims_waiting
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.forms import Form
from govnet.web.pages import page


@bp.get("/<network:network>/applications")
@allows(Can.SEE_APPLICATIONS)
def applications(network: Network) -> Response:
    """Applications that wait for the officers, oldest first, and the last ones decided."""
    at = asked_page()
    waiting, more = applications_queries.applications_waiting(network.id, at)
    return page(
        "membership/applications/applications.html",
        open_ones=waiting,
        more=more,
        at=at,
        claims=claims_waiting(network.id),
        decided=applications_queries.applications_decided(network.id),
        says=applications_page,
        form=Form(),
    )


@bp.get("/<network:network>/applications/<int:application_id>")
@allows(Can.SEE_APPLICATIONS, application=Application)
def application(network: Network, application: Application) -> Response:
    """One application with all that the applicant said."""
    return application_page(network, application.id)


def application_page(network: Network, key: int, code: int = 200, form: Form | None = None) -> Response:
    """One application for officers, with a form that was sent in vain."""
    row = applications_queries.whole(key)
    assert row is not None
    by = applications_queries.decided_by(row)
    facts = applications_page.page_of(row, network)
    facts |= {
        "state": applications_page.for_officers(row),
        "colour": applications_page.colour(row),
        "decided_by": by,
    }
    facts |= {"speaker": applications_queries.speaker(row.organisation_id) if facts["belongs"] else ""}
    facts["events"] = applications_page.events(row, network.zone, decided_by=by)
    facts["namesakes"] = namesakes(network.id, [row.name], but=[row.person_id or 0]).get(row.name, [])
    facts |= {"objections": applications_queries.objections(key), "new_sentences": _new_sentences(row)}
    return page(
        "membership/applications/application.html",
        code,
        **facts,
        mine=may_decide(row, current_actor(), objected=facts["objected"]),
        form=form,
        officers_page=True,
        hears=appeals.may_hear(row, facts["heard"], current_actor()),
        hear_form=form
        if isinstance(form, AdmissionHearingForm)
        else AdmissionHearingForm(about=row, formdata=None),
        **_decide_forms(row, form),
    )


def _decide_forms(row: Application, sent: Form | None) -> dict[str, DecideForm]:
    """The forms of the three ways to decide, the refused one with its text."""
    kinds = {"admit_form": DecideForm, "ask_form": QuestionForm, "decline_form": DeclineForm}
    forms = {
        name: sent if type(sent) is kind else kind(about=row, formdata=None) for name, kind in kinds.items()
    }
    for form in forms.values():
        form.read(len(row.notes))
    return forms


def _new_sentences(row: Application) -> list[str]:
    """Criteria of today that the applicant, who waits, has not ticked."""
    terms = membership_terms.terms(row.network_id)
    if row.state.value not in rules.PENDING:
        return []
    return charter_kinds.unticked((*terms.criteria, *terms.code), applications_page.sentences(row))


def _decide(
    network: Network, application: Application, form: Form, decide: Callable[[], Any], done: object
) -> Response:
    """One answer of the officers; then, or where something is wrong with it, the application."""
    key = application.id
    return form_view(
        form,
        decide,
        url_for(".application", application_id=key),
        lambda status: application_page(network, key, status, form),
        done=done,
        makes=True,
    )


@bp.post("/<network:network>/applications/<int:application_id>/admit")
@allows(Can.SEE_APPLICATIONS, application=Application)
def admit(network: Network, application: Application) -> Response:
    """Let the applicant in."""
    form = DecideForm(about=application)
    return _decide(
        network,
        application,
        form,
        lambda: decisions.admit(application, by=current_actor(), via=Door.WEB, seen=form.notes()),
        _admitted(application),
    )


def _admitted(application: Application) -> object:
    """The meaning of letting somebody in, shown once it is done."""
    name, terms = application.name, membership_terms.terms(application.network_id)
    if speakers.membership_there(application) is not None:
        return _("Passed on. Somebody who speaks for the organisation, or one of you, can confirm it.")
    if terms.objection_days and not applications_queries.objected_to(application.id):
        return _(
            "%(name)s is let in, and gets a mail that says from when, unless a member objects.", name=name
        )
    return _("%(name)s is a member now, and gets a mail about how to sign in.", name=name)


@bp.post("/<network:network>/applications/<int:application_id>/ask")
@allows(Can.SEE_APPLICATIONS, application=Application)
def ask(network: Network, application: Application) -> Response:
    """Ask the applicant something."""
    form = QuestionForm(about=application)
    return _decide(
        network,
        application,
        form,
        lambda: decisions.ask(
            application, form.question.data or "", by=current_actor(), via=Door.WEB, seen=form.notes()
        ),
        _("Your question is on its way to %(name)s.", name=application.name),
    )


@bp.post("/<network:network>/applications/<int:application_id>/decline")
@allows(Can.SEE_APPLICATIONS, application=Application)
def decline(network: Network, application: Application) -> Response:
    """Say no, with a reason."""
    form = DeclineForm(about=application)
    return _decide(
        network,
        application,
        form,
        lambda: decisions.decline(
            application, form.reason.data or "", by=current_actor(), via=Door.WEB, seen=form.notes()
        ),
        _("%(name)s has been notified, with your reason.", name=application.name),
    )
