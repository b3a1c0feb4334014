"""The page that founds a network, and the operator's page."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken
from govnet.operations import operators, queries
from govnet.operations.founding import actions, forms, labels, links
from govnet.operations.health.checks import TITLES, examine
from govnet.operations.models import FoundingLink
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.pages import never_cached, page, see

bp = Blueprint("operations", __name__)
blueprints = (bp,)


@bp.route("/found/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def found(token: str) -> Response:
    """Found the network as it is today, or show everything that is wrong at once; opening the page uses nothing up.

    Once it has founded, what to do next; sent twice, it leads there.
    """
    never_cached()
    link = _good(token)
    if link is None:
        return _used_up(token)
    link_id = link.id
    form = forms.founding_form(forms.places_of(request.form.get("places"), more="more" in request.form))
    if {"more", "back", "go", "to"} & set(request.form):
        return _turn(form, token)
    return form_view(
        form,
        lambda: links.found_by(link_id, form.founding),
        url_for(".found", token=token),
        lambda status: _used_up(token) if _founded_with(token) else _found_page(form, token, status),
    )


def _good(token: str) -> FoundingLink | None:
    link = links.link_for(token)
    return link if link is not None and links.is_good(link) else None


def _used_up(token: str) -> Response:
    """The next steps, if this very link has founded a network; else that it is gone."""
    founded = _founded_with(token)
    if founded is not None and request.method == "POST":
        return see(".found", token=token)
    if founded is not None and clock.now() - founded.founded_at < links.GOOD_FOR:
        return page("operations/founded.html", founded=founded)
    return page("operations/found_gone.html", 410, founded=founded)


def _turn(form: forms.FoundingForm, token: str) -> Response:
    """Another page of the same founding: nothing is recorded. Forward only if nothing here is wrong."""
    if "go" in request.form and not _fits(form, form.here):
        return _found_page(form, token, 422)
    if "to" in request.form:
        form.step.data = request.form["to"]
    elif "more" not in request.form:
        form.step.data = form.beside(1 if "go" in request.form else -1)
    return _found_page(form, token)


def _fits(form: forms.FoundingForm, step: str) -> bool:
    """Whether nothing is wrong in one step; its mistakes are shown there."""
    form.validate_on_submit()
    if step == "network" and queries.slug_taken(form.network_slug.data or ""):
        form.say_broken(RuleBroken(actions.taken(form.network_slug.data), field="network_slug"))
    form.forget_troubles(but=step)
    return not form.errors


def _founded_with(token: str) -> Network | None:
    """The network that the link has founded."""
    link = links.link_for(token)
    return db.session.get(Network, link.network_id) if link and link.network_id else None


def _found_page(form: forms.FoundingForm, token: str, status: int = 200) -> Response:
    """One step; after an attempt to found in vain, each in which something is wrong."""
    shown = form.wrong_steps() or [form.here]
    return page(
        "operations/found.html",
        status,
        form=form,
        token=token,
        steps=forms.STEPS,
        shown=shown,
        unseen=forms.unseen(form, shown),
        charters=labels.ready_charters() if "charter" in shown else (),
    )


@bp.get("/operator")
@allows(Can.OPERATE)
def operator() -> Response:
    """How the server is, and what can be done about it."""
    return _operator_page(forms.WhyForm())


def _operator_page(why: forms.WhyForm, status: int = 200) -> Response:
    return page(
        "operations/operator.html",
        status,
        findings=[(TITLES[found.name], found) for found in examine(now=False)],
        networks=queries.networks_with_heads(),
        names=queries.operators(),
        trouble=queries.trouble(),
        doubts=queries.clock_doubts(),
        now=clock.now(),
        backups=queries.backups(),
        why=why,
    )


@bp.post("/operator/release-mail")
@allows(Can.OPERATE)
def release_mail() -> Response:
    """Let held mail go."""
    return press(
        lambda: operators.release_mail(by=current_actor(), via=Door.WEB),
        url_for(".operator"),
        done=_("Mail goes out again."),
    )


@bp.post("/operator/drop-mail")
@allows(Can.OPERATE)
def drop_mail() -> Response:
    """Drop the mail that was waiting when mail was held."""
    return press(
        lambda: operators.drop_held_mail(by=current_actor(), via=Door.WEB),
        url_for(".operator"),
        done=lambda dropped: ngettext("%(num)d mail was deleted.", "%(num)d mails were deleted.", dropped),
    )


@bp.post("/operator/stop-mail")
@allows(Can.OPERATE)
def stop_mail() -> Response:
    """Hold all mail until somebody lets it go."""
    form = forms.WhyForm()
    return form_view(
        form,
        lambda: operators.stop_mail(form.why.data or "", by=current_actor(), via=Door.WEB),
        url_for(".operator"),
        lambda status: _operator_page(form, status),
        done=_("No mail goes out now."),
    )


@bp.post("/operator/use-mail-server-again")
@allows(Can.OPERATE)
def reset_line() -> Response:
    """After many errors: try the mail server again at once."""
    return press(
        lambda: operators.reset_line(by=current_actor(), via=Door.WEB),
        url_for(".operator"),
        done=_("The mail server is tried again now."),
    )


@bp.post("/operator/confirm-clock")
@allows(Can.OPERATE)
def confirm_clock() -> Response:
    """The clock is right: waiting duties go on."""
    return press(
        lambda: operators.confirm_clock(by=current_actor(), via=Door.WEB),
        url_for(".operator"),
        done=_("Everything that is due closes within a minute."),
    )
