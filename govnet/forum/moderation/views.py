"""Reporting, hiding, appealing, and the log of it that everybody can read."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.forum import queries
from govnet.forum import rules as forum_rules
from govnet.forum.blueprint import bp, who
from govnet.forum.forms import (
    LAW,
    DismissForm,
    HideForm,
    HidingAppealForm,
    HidingHearingForm,
    LiftForm,
    PostReportForm,
    RemoveForm,
    VisitorReportForm,
)
from govnet.forum.models import Hiding, Post, Report
from govnet.forum.moderation import actions, rules
from govnet.forum.moderation import queries as moderation_queries
from govnet.forum.states import AppealOutcome, HidingKind, PostState, ReportState
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.url_converters import asked_page
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page


@bp.get("/<network:network>/forum/moderation")
@allows(Can.READ)
def log(network: Network) -> Response:
    """Lists the posts that were hidden or removed, with officer and reason; never the texts."""
    number, actor = asked_page(), current_actor()
    rows, older = moderation_queries.log(network.id, actor, number)
    terms = queries.terms_of(network.id)
    reports = queries.reports_waiting(network.id, actor.person_id) if can(actor, Can.HIDE_POST) else []
    return page(
        "forum/moderation/log.html", rows=rows, older=older, number=number, reports=reports, terms=terms
    )


@bp.get("/<network:network>/forum/moderation/<int:hiding_id>")
@allows(Can.READ_THREAD, hiding=Hiding)
def case(network: Network, hiding: Hiding) -> Response:
    """One hiding: why, and what became of the appeal. Its text only for the author and those who decide."""
    return _case_page(hiding)


_NAMES: dict[type[Form], str] = {
    HidingAppealForm: "appeal",
    LiftForm: "lift",
    HidingHearingForm: "hear",
    RemoveForm: "remove",
}


def _case_page(hiding: Hiding, failed: Form | None = None) -> Response:
    actor, found = current_actor(), moderation_queries.case(hiding)
    author = can(actor, Can.APPEAL, hiding)
    hides = can(actor, Can.HIDE_POST, hiding.post)
    forms: dict[str, Form | None] = {
        "appeal": HidingAppealForm(about=hiding, formdata=None) if author and found.may_appeal() else None,
        "lift": LiftForm(about=hiding, formdata=None) if hides and hiding.lifted_at is None else None,
        "remove": RemoveForm(about=hiding, formdata=None) if hides and found.may_remove(actor) else None,
        "hear": HidingHearingForm(about=hiding, formdata=None)
        if found.appeal and can(actor, Can.DECIDE_APPEAL, found.appeal) and found.may_hear(actor)
        else None,
    }
    forms.update({_NAMES[type(failed)]: failed} if failed is not None else {})
    return page("forum/moderation/case.html", 422 if failed else 200, case=found, hiding=hiding, forms=forms, form=failed,
                html=queries.page_of_post(hiding.post), text_shown=author or hides or forms["hear"] is not None)  # fmt: skip


@bp.post("/<network:network>/forum/moderation/<int:hiding_id>/appeal")
@allows(Can.APPEAL, hiding=Hiding)
def appeal(network: Network, hiding: Hiding) -> Response:
    """The author asks two others."""
    form = HidingAppealForm(about=hiding)

    def do() -> None:
        actions.appeal(hiding, by=current_actor(), text=form.text.data or "", via=Door.WEB)

    return _form_view(hiding, form, do)


@bp.post("/<network:network>/forum/moderation/<int:hiding_id>/lift")
@allows(Can.HIDE_POST, hiding=Hiding)
def lift(network: Network, hiding: Hiding) -> Response:
    """Those who may hide show it again."""
    form = LiftForm(about=hiding)

    def do() -> None:
        actions.lift(hiding, by=current_actor(), why=form.why.data or "", via=Door.WEB)

    return _form_view(hiding, form, do)


@bp.post("/<network:network>/forum/moderation/<int:hiding_id>/remove")
@allows(Can.HIDE_POST, hiding=Hiding)
def remove(network: Network, hiding: Hiding) -> Response:
    """A second person has the text removed for good, or the officer who hid it asks for one."""
    form = RemoveForm(about=hiding)

    def do() -> Hiding:
        reason, kind = form.reason.data or "", HidingKind.REMOVED
        return actions.hide(hiding.post, by=current_actor(), kind=kind, reason=reason, via=Door.WEB)

    return form_view(
        form,
        do,
        lambda made: url_for(".case", hiding_id=made.id),
        lambda _status: _case_page(hiding, form),
        makes=True,
    )


@bp.post("/<network:network>/forum/moderation/<int:hiding_id>/hear")
@allows(Can.DECIDE_APPEAL, hiding=Hiding)
def hear(network: Network, hiding: Hiding) -> Response:
    """One of two others answers the appeal."""
    form, found = HidingHearingForm(about=hiding), moderation_queries.case(hiding).appeal
    if found is None:
        raise NotFound(_("Nobody has appealed."))

    def do() -> None:
        outcome = AppealOutcome(form.outcome.data)
        actions.hear(found, by=current_actor(), outcome=outcome, reason=form.reason.data or "", via=Door.WEB)

    return _form_view(hiding, form, do)


def _form_view(hiding: Hiding, form: Form, do: Callable[[], object]) -> Response:
    """Does the work of a form on a case's page, and shows the page again."""
    return form_view(
        form, do, url_for(".case", hiding_id=hiding.id), lambda _status: _case_page(hiding, form)
    )


@bp.route("/<network:network>/forum/posts/<int:post_id>/report", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"], key_func=who)
@allows(Can.REPORT, post=Post)
def report(network: Network, post: Post) -> Response:
    """Anybody says that a post should not stand; a visitor leaves a name and an address."""
    never_cached()
    _still_there(post)
    form = PostReportForm(about=post) if current_actor().signed_in else VisitorReportForm(about=post)

    def do() -> Report:
        name, email = (form.name.data, form.email.data) if isinstance(form, VisitorReportForm) else ("", "")
        return actions.report(
            post,
            by=current_actor(),
            reason=form.reason.data or "",
            via=Door.WEB,
            name=name or "",
            email=email or "",
        )

    def show(status: int) -> Response:
        author, html = queries.name_of(post.author_id), queries.page_of_post(post)
        return page("forum/moderation/report.html", status, form=form, post=post, author=author, html=html)

    return form_view(form, do, url_for(".reported", post_id=post.id), show, makes=True)


def _still_there(post: Post) -> None:
    if post.state is not PostState.VISIBLE:
        raise NotFound(_("This post is already hidden."))


@bp.get("/<network:network>/forum/posts/<int:post_id>/reported")
@allows(Can.REPORT, post=Post)
def reported(network: Network, post: Post) -> Response:
    """Thank you, and what happens now."""
    never_cached()
    thread = url_for(
        ".thread",
        thread_id=post.thread_id,
        page=forum_rules.page_of(post.number),
        _anchor=f"post-{post.number}",
    )
    return page("forum/moderation/reported.html", address=thread)


@bp.route("/<network:network>/forum/reports/<int:report_id>", methods=["GET", "POST"])
@allows(Can.HIDE_POST, report=Report)
def answer_report(network: Network, report: Report) -> Response:
    """The page for a report: officers who may hide can hide the post, or say why it stands."""
    form = DismissForm(about=report)

    def do() -> None:
        actions.dismiss(report, by=current_actor(), answer=form.answer.data or "", via=Door.WEB)

    def show(status: int) -> Response:
        found = moderation_queries.reported(report)
        html = queries.page_of_post(found.post)
        return page("forum/moderation/answer_report.html", status, form=form, found=found, html=html)

    return form_view(form, do, url_for(".log"), show, look=report.state is not ReportState.OPEN)


@bp.route("/<network:network>/forum/posts/<int:post_id>/hide", methods=["GET", "POST"])
@allows(Can.HIDE_POST, post=Post)
def hide(network: Network, post: Post) -> Response:
    """Hide a post, or take its text away, with a reason that everybody can read."""
    form = HideForm(about=post, kind=HidingKind.HIDDEN.value)

    def do() -> Hiding:
        law = form.kind.data == LAW
        kind = HidingKind.REMOVED if law else HidingKind(form.kind.data)
        reason = form.reason.data or ""
        return actions.hide(post, by=current_actor(), kind=kind, reason=reason, law=law, via=Door.WEB)

    def show(status: int) -> Response:
        return page(
            "forum/moderation/hide.html",
            status,
            form=form,
            post=post,
            author=queries.name_of(post.author_id),
            html=queries.page_of_post(post),
            terms=queries.terms_of(network.id),
            law_days=rules.LAW_DAYS,
        )

    return form_view(form, do, lambda made: url_for(".case", hiding_id=made.id), show, makes=True)
