"""Appeals of those who were declined: made on the applicant's page, heard on the officers'."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.kernel.actor import Door, current_actor
from govnet.membership.applications import appeals, officer_views, views
from govnet.membership.applications.forms import AdmissionAppealForm, AdmissionHearingForm
from govnet.membership.blueprint import bp
from govnet.membership.models import AppealAnswer, Application
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view


@bp.post("/<network:network>/applications/mine/<token>/appeal")
@allows(Can.APPLY)
def appeal(network: Network, token: str) -> Response:
    """A declined applicant asks two others to look at it again."""
    application = views.held(network, token)
    form = AdmissionAppealForm(about=application)
    return form_view(
        form,
        lambda: appeals.appeal(application, form.body.data or "", via=Door.WEB),
        url_for(".mine", token=token),
        lambda status: views.status_page(network, token, status, form),
        done=_("Two other people look at it again. You get their answer by mail."),
        makes=True,
    )


@bp.post("/<network:network>/applications/<int:application_id>/hear")
@allows(Can.HEAR_ADMISSION_APPEAL, application=Application)
def hear(network: Network, application: Application) -> Response:
    """One of two others says whether the answer stands."""
    form, key = AdmissionHearingForm(about=application), application.id
    return form_view(
        form,
        lambda: appeals.hear(
            application,
            AppealAnswer(form.answer.data),
            form.reason.data or "",
            by=current_actor(),
            via=Door.WEB,
        ),
        url_for(".application", application_id=key),
        lambda status: officer_views.application_page(network, key, status, form),
        done=_("Your answer is recorded. It is decided when two people give the same answer."),
        makes=True,
    )
