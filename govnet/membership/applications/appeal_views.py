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
from govnet.web.forms import once


@bp.post("/<network:network>/applications/mine/<token>/appeal")
@allows(Can.APPLY)
def appeal(network: Network, token: str) -> Response:
    """Whoever was declined asks two others to look at it again."""
    application = views.held(network, token)
    form = AdmissionAppealForm(about=application)
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: appeals.appeal(application, form.body.data or "", via=Door.WEB),
                lambda _made: url_for(".mine", network=network, token=token),
                done=_("Two others look at it again. You get their answer by mail."),
            )
    return views.status_page(network, token, 422, form)


@bp.post("/<network:network>/applications/<int:application_id>/hear")
@allows(Can.HEAR_ADMISSION_APPEAL, application=Application)
def hear(network: Network, application: Application) -> Response:
    """One of two others says whether the answer stands."""
    by, form, key = current_actor(), AdmissionHearingForm(about=application), application.id
    if form.validate_on_submit():
        with form.catching():
            answer = AppealAnswer(form.answer.data)
            return once(
                form,
                lambda: appeals.hear(application, answer, form.reason.data or "", by=by, via=Door.WEB),
                lambda _made: url_for(".application", network=network, application_id=key),
                done=_("Noted. Two who say the same decide it."),
            )
    return officer_views.application_page(network, key, 422, form)
