"""The page On the way in, for members: vouching for applicants, and objecting to somebody who was let in."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.kernel.actor import Door, current_actor
from govnet.membership import criteria as membership_terms
from govnet.membership.applications import page as applications_page
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications import vouches
from govnet.membership.applications.forms import ObjectForm
from govnet.membership.blueprint import bp
from govnet.membership.models import Application, ApplicationState
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.forms import Form
from govnet.web.pages import page


@bp.get("/<network:network>/members/new")
@allows(Can.SEE_MEMBERS)
def coming(network: Network) -> Response:
    """Applicants who ask to be vouched for, and people who were let in and are not members yet."""
    return _coming_page(network)


def _coming_page(network: Network, code: int = 200, form: Form | None = None) -> Response:
    terms = membership_terms.terms(network.id)
    asks = terms.admission == "sponsors"
    return page(
        "membership/applications/newcomers.html",
        code,
        terms=terms,
        asking=applications_queries.asking(network.id, current_actor().person_id or 0) if asks else [],
        announced=applications_queries.announced(network.id),
        says=applications_page,
        form=form,
        button=Form(about=network, formdata=None),
    )


@bp.post("/<network:network>/members/new/<int:application_id>/vouch")
@allows(Can.VOUCH, application=Application)
def vouch(network: Network, application: Application) -> Response:
    """I know them and vouch."""
    form = Form(about=application)
    return form_view(
        form,
        lambda: vouches.vouch(application, by=current_actor(), via=Door.WEB),
        url_for(".coming"),
        lambda status: _coming_page(network, status, form),
        done=_("Thank you. It is recorded that you vouch for %(name)s.", name=application.name),
        makes=True,
    )


@bp.route("/<network:network>/members/new/<int:application_id>/object", methods=["GET", "POST"])
@allows(Can.OBJECT_TO_MEMBER, application=Application)
def object_to(network: Network, application: Application) -> Response:
    """Object to somebody who was let in, with a reason."""
    form = ObjectForm(about=application)

    def show(status: int) -> Response:
        coming_in = applications_queries.coming_in(application.id)
        is_open = application.state is ApplicationState.ANNOUNCED and coming_in is not None
        return page(
            "membership/applications/object.html",
            status,
            application=application,
            form=form,
            coming=coming_in,
            is_open=is_open,
        )

    return form_view(
        form,
        lambda: vouches.object_to(application, form.reason.data or "", by=current_actor(), via=Door.WEB),
        url_for(".coming"),
        show,
        done=_("Your objection has gone to the committee."),
        makes=True,
    )
