"""The page that founds a network, and the operator's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter.models import ACCENTS, RESERVED, Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.operations import forms, founding_links, labels, operators, queries
from govnet.operations import founding as actions
from govnet.operations.checks import TITLES, examine
from govnet.operations.founding_data import BadFounding, Founding
from govnet.operations.founding_file import read_founding
from govnet.operations.models import FoundingLink
from govnet.permissions import Can, allows
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page, see

bp = Blueprint("operations", __name__)
blueprints = (bp,)


@bp.get("/found/<token>")
@allows(Can.READ)
def found_page(token: str) -> Response:
    """The page with everything that was found; opening it uses nothing up. Once it has founded, what to do next."""
    never_cached()
    if _good(token) is None:
        founded = _founded_with(token)
        if founded is not None and clock.now() - founded.founded_at < founding_links.GOOD_FOR:
            return page("operations/founded.html", founded=founded)
        return page("operations/found_gone.html", 410, founded=founded)
    return _found_page(forms.founding_form(forms.FIRST_PLACES), token)


@bp.post("/found/<token>")
@allows(Can.READ)
def found(token: str) -> Any:
    """Found the network, or show everything that is wrong at once. Sent twice, it leads to what was founded."""
    never_cached()
    link = _good(token)
    if link is None:
        return _to_founded(token) or page("operations/found_gone.html", 410, founded=None)
    form = forms.founding_form(forms.places_of(request.form.get("places"), more="more" in request.form))
    if {"more", "back", "go", "to"} & set(request.form):
        return _turn(form, token)
    return _founded(form, link, token) or _to_founded(token) or _found_page(form, token, 422)


def _turn(form: forms.FoundingForm, token: str) -> Response:
    """Another page of the same founding: nothing is written down. Forward only where nothing here is wrong."""
    if "go" in request.form and not _fits(form, form.here):
        return _found_page(form, token, 422)
    if "to" in request.form:
        form.step.data = request.form["to"]
    elif "more" not in request.form:
        form.step.data = form.beside(1 if "go" in request.form else -1)
    return _found_page(form, token)


def _fits(form: forms.FoundingForm, step: str) -> bool:
    """Whether nothing is wrong in one step; what is, is said there."""
    form.validate_on_submit()
    _read(form)
    if step == "network" and queries.slug_taken(form.network_slug.data or ""):
        form.say_broken(RuleBroken(actions.taken(form.network_slug.data), field="network_slug"))
    form.forget_troubles(but=step)
    return not form.errors


def _read(form: forms.FoundingForm) -> Founding | None:
    """What the form says, or what is wrong with it beside its fields."""
    try:
        return read_founding(form.table(), reserved=RESERVED, accents=ACCENTS)
    except BadFounding as bad:
        form.show(bad.troubles)
        return None


def _founded_with(token: str) -> Network | None:
    """The network that the link has founded."""
    link = founding_links.link_for(token)
    return db.session.get(Network, link.network_id) if link and link.network_id else None


def _to_founded(token: str) -> Any:
    """The way to what to do next, where this very link has founded a network; None where it has not."""
    return see(".found_page", token=token) if _founded_with(token) else None


def _founded(form: forms.FoundingForm, link: FoundingLink, token: str) -> Any:
    """The way to what to do next; None when something on the form is wrong."""
    if not form.validate_on_submit():
        return None
    founding = _read(form)
    if founding is None:
        return None
    link_id = link.id
    with form.catching(), transaction():
        founding_links.found_by(link_id, founding)
    return None if form.errors else see(".found_page", token=token)


def _good(token: str) -> FoundingLink | None:
    link = founding_links.link_for(token)
    return link if link is not None and founding_links.is_good(link) else None


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
    return page("operations/operator.html", **_operator_page(), form=Form(), why=forms.WhyForm())


def _operator_page() -> dict[str, Any]:
    return {
        "findings": [(TITLES[found.name], found) for found in examine(now=False)],
        "networks": queries.networks_with_heads(),
        "names": queries.operators(),
        "trouble": queries.trouble(),
        "doubts": queries.clock_doubts(),
        "now": clock.now(),
        "backups": queries.backups(),
    }


@bp.post("/operator/release-mail")
@allows(Can.OPERATE)
def release_mail() -> Response:
    """Let held mail go."""
    return _did(lambda: operators.release_mail(by=current_actor(), via=Door.WEB), _("Mail goes out again."))


@bp.post("/operator/drop-mail")
@allows(Can.OPERATE)
def drop_mail() -> Response:
    """Never send what was waiting when mail was held."""
    dropped: list[int] = []
    done = _did(lambda: dropped.append(operators.drop_held_mail(by=current_actor(), via=Door.WEB)))
    if dropped:
        flash(ngettext("%(num)d mail was dropped.", "%(num)d mails were dropped.", dropped[0]), "success")
    return done


@bp.post("/operator/stop-mail")
@allows(Can.OPERATE)
def stop_mail() -> Response:
    """Hold all mail until somebody lets it go."""
    why = forms.WhyForm()
    if not why.validate_on_submit():
        return page("operations/operator.html", 422, **_operator_page(), form=Form(), why=why)
    words = str(why.why.data)
    return _did(
        lambda: operators.stop_mail(words, by=current_actor(), via=Door.WEB), _("No mail goes out now.")
    )


@bp.post("/operator/use-mail-server-again")
@allows(Can.OPERATE)
def reset_line() -> Response:
    """After many errors: try the mail server again at once."""
    return _did(
        lambda: operators.reset_line(by=current_actor(), via=Door.WEB),
        _("The mail server is tried again now."),
    )


@bp.post("/operator/confirm-clock")
@allows(Can.OPERATE)
def confirm_clock() -> Response:
    """The clock is right: what waits for it goes on."""
    return _did(
        lambda: operators.confirm_clock(by=current_actor(), via=Door.WEB),
        _("What is due is closed within a minute."),
    )


def _did(act: Any, words: str = "") -> Response:
    """Do it in a transaction, and back to the page."""
    with transaction():
        act()
    if words:
        flash(words, "success")
    return see(".operator")
