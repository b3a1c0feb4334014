"""Threads: reading them, writing in them, and everything that is pressed there."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.forum import data, queries, rights, rules
from govnet.forum.blueprint import bp, who
from govnet.forum.forms import EditForm, FrameForm, ThreadReplyForm, number_in
from govnet.forum.kinds import PostState
from govnet.forum.models import Post, Thread
from govnet.forum.threads import actions, marks
from govnet.forum.threads import page as threads_page
from govnet.forum.threads import queries as threads_queries
from govnet.forum.threads.queries import Reading
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound, Stale
from govnet.kernel.numbers import whole_number
from govnet.kernel.paths import asked_page
from govnet.kernel.text import render
from govnet.kernel.transaction import transaction
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Stance
from govnet.permissions import Can, allows, check_right
from govnet.web.forms import PreviewForm, once
from govnet.web.pages import data_page, page, see

blueprints = (bp,)


@bp.get("/<network:network>/forum/<int:thread_id>")
@allows(Can.READ_THREAD, thread=Thread)
def thread(network: Network, thread: Thread) -> Response:
    """A discussion: its frame and summary, a page of posts, and the form for a reply."""
    me = current_actor().person_id
    reading = threads_queries.read(thread, asked_page(), me)
    moved, thread_id = reading.moved(), thread.id
    form = threads_page.quoting_form(thread, request.args.get("quote", "")) if me is not None else None
    response = _thread_page(network, thread, reading, form)
    if me is not None and moved is not None and not _only_prefetched():
        marks.try_to_mark(thread_id, me, moved)
    return response


def _only_prefetched() -> bool:
    """Whether the browser fetches the page in advance and nobody has read it (Fetch standard, Sec-Purpose)."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


@bp.get("/<network:network>/forum/<int:thread_id>.json")
@allows(Can.READ_THREAD, thread=Thread)
def thread_data(network: Network, thread: Thread) -> Response:
    """The same as data."""
    return data_page(data.thread(thread, threads_queries.read(thread, asked_page(), None)))


def _thread_page(
    network: Network, thread: Thread, reading: Reading, form: ThreadReplyForm | None, status: int = 200, look: str = "",
    *, quoting: bool = False,
) -> Response:  # fmt: skip
    parts = threads_page.page_parts(thread, reading, current_actor(), network.zone)
    blank = threads_page.blank_reply(thread, parts["t"]) if form is None else None
    return page("forum/thread.html", status, form=form, blank=blank, look=look, quoting=quoting, **parts)


@bp.post("/<network:network>/forum/<int:thread_id>/replies")
@limiter.limit("40 per 10 minutes", key_func=who)
@allows(Can.READ_THREAD, thread=Thread)
def reply(network: Network, thread: Thread) -> Response:
    """A post at the end; with the button "Preview", only a look at it; with "Quote" beside a post, its words behind these."""
    check_right(current_actor(), rights.to_reply(queries.terms_of(network.id)), thread)
    form = ThreadReplyForm(about=thread, made=thread.posts)
    if "quote" in request.form:
        return _quote(network, thread, form, whole_number(request.form["quote"]))
    look = bool(request.form.get("look"))
    if form.validate_on_submit() and not look:
        with form.catching():
            return once(
                form,
                lambda: actions.reply(thread, by=current_actor(), body=form.body.data or "", via=Door.WEB),
                post_address,
                done=_("Your reply is published."),
            )
    reading = threads_queries.read(thread, rules.page_of(thread.posts), current_actor().person_id)
    seen = render(form.body.data or "") if look and not form.errors else ""
    return _thread_page(network, thread, reading, form, 422 if form.errors else 200, look=seen)


def _quote(network: Network, thread: Thread, form: ThreadReplyForm, number: int | None) -> Response:
    """The page on which the quoted post stands, with what was typed and the quote in the form."""
    threads_page.add_quote(form.body, thread, number)
    reading = threads_queries.read(thread, rules.page_of(number or thread.posts), current_actor().person_id)
    return _thread_page(network, thread, reading, form, 422 if form.errors else 200, quoting=not form.errors)


def post_address(post: Post) -> str:
    """Where a post stands in its thread."""
    number = rules.page_of(post.number)
    page_number = number if number > 1 else None
    return url_for(".thread", thread_id=post.thread_id, page=page_number, _anchor=f"post-{post.number}")


@bp.get("/<network:network>/forum/<int:thread_id>/posts/<int:number>")
@allows(Can.READ_THREAD, thread=Thread)
def post(network: Network, thread: Thread, number: int) -> Response:
    """One post's lasting address: it leads to the page on which the post stands now."""
    found = queries.post_numbered(thread.id, number)
    if found is None:
        raise NotFound(_("There is no such post here."))
    return see_there(post_address(found))


@bp.post("/<network:network>/forum/preview")
@limiter.limit("120 per 10 minutes", key_func=who)
@allows(Can.OWN)
def preview(network: Network) -> Response:
    """A text as it would look: a fragment for the script of those who may write here."""
    check_right(current_actor(), rights.to_reply(queries.terms_of(network.id)), network)
    return PreviewForm().fragment()


@bp.post("/<network:network>/forum/<int:thread_id>/follow")
@allows(Can.READ_THREAD, thread=Thread)
def follow(network: Network, thread: Thread) -> Response:
    """Follow or mute a discussion, or neither."""
    thread_id = thread.id
    with transaction():
        preferences_actions.take_stance(
            current_actor(), network, "thread", thread_id, stance_in(request.form.get("stance"))
        )
    return see(".thread", thread_id=thread_id)


def stance_in(text: Any) -> Stance | None:
    """The stance that a button sent; anything else is neither."""
    return Stance(text) if text in set(Stance) else None


@bp.post("/<network:network>/forum/<int:thread_id>/read")
@allows(Can.READ_THREAD, thread=Thread)
def read(network: Network, thread: Thread) -> Response:
    """Everything here has been read."""
    thread_id, posts = thread.id, thread.posts
    with transaction():
        marks.read_up_to(thread_id, posts, by=current_actor())
    return see(".thread", thread_id=thread_id)


@bp.post("/<network:network>/forum/<int:thread_id>/<any(close, reopen):what>")
@allows(Can.FRAME_THREAD, thread=Thread)
def close(network: Network, thread: Thread, what: str) -> Response:
    """No more replies, or replies again."""
    thread_id, act = thread.id, actions.close_thread if what == "close" else actions.reopen_thread
    with transaction():
        act(thread, by=current_actor(), via=Door.WEB)
    return see(".thread", thread_id=thread_id)


@bp.route("/<network:network>/forum/<int:thread_id>/frame", methods=["GET", "POST"])
@allows(Can.FRAME_THREAD, thread=Thread)
def frame(network: Network, thread: Thread) -> Response:
    """Title, frame and summary."""
    form = FrameForm(obj=thread, about=thread)
    if not form.validate_on_submit():
        return page("forum/frame.html", 422 if form.errors else 200, form=form, thread=thread, newer=None)
    head = actions.Head(
        title=form.title.data or "", frame=frame_in(form), summary=form.summary.data or "", revision=number_in(form.revision)
    )  # fmt: skip
    thread_id = thread.id
    try:
        with form.catching(), transaction():
            actions.frame_thread(thread, head, by=current_actor(), via=Door.WEB)
            return see(".thread", thread_id=thread_id)
    except Stale:
        return _stale_frame(thread, form)
    return page("forum/frame.html", 422, form=form, thread=thread, newer=None)


def frame_in(form: Any) -> actions.Frame:
    """The frame as it was typed."""
    return actions.Frame(
        question=form.question.data or "",
        can_change=form.can_change.data or "",
        decides=form.decides.data or "",
        until=form.until.data,
    )


def _stale_frame(thread: Thread, form: FrameForm) -> Response:
    """Both are shown; sending again now says that the newer one was seen."""
    form.revision.data = str(thread.revision)
    return page("forum/frame.html", 409, form=form, thread=thread, newer=thread)


@bp.route("/<network:network>/forum/posts/<int:post_id>/edit", methods=["GET", "POST"])
@allows(Can.READ_THREAD, post=Post)
def edit(network: Network, post: Post) -> Response:
    """Another text for one's own post."""
    check_right(current_actor(), rights.to_change(queries.terms_of(network.id)), post)
    form = EditForm(
        about=post, data={"body": queries.with_names(post.thread_id, post.source), "revision": post.revision}
    )
    newer, address = "", post_address(post)
    if form.validate_on_submit():
        try:
            with form.catching(), transaction():
                _change(post, form)
                return see_there(address)
        except Stale as stale:
            newer = stale.newer
            form.revision.data = str(queries.post_of(post.id).revision)
    status = 409 if newer else 422 if form.errors else 200
    return page("forum/edit.html", status, post=post, form=form, newer=newer, address=address)


def _change(post: Post, form: EditForm) -> None:
    revision = number_in(form.revision)
    actions.change_post(post, by=current_actor(), body=form.body.data or "", revision=revision, via=Door.WEB)


def see_there(address: str) -> Response:
    """After a form: go to an address (303)."""
    return Response(status=303, headers={"Location": address})


@bp.get("/<network:network>/forum/posts/<int:post_id>/versions")
@allows(Can.READ_THREAD, post=Post)
def versions(network: Network, post: Post) -> Response:
    """Every text that a post had, the newest first."""
    if post.state is not PostState.VISIBLE:
        raise NotFound(_("The texts of this post are no longer shown."))
    versions = threads_queries.earlier_versions(post)
    html, *earlier = queries.pages_with_names(post.thread_id, [post.html, *(each.html for each in versions)])
    return page(
        "forum/versions.html", post=post, html=html, author=queries.name_of(post.author_id), address=post_address(post),
        versions=list(zip(versions, earlier, strict=True)),
    )  # fmt: skip


@bp.post("/<network:network>/forum/posts/<int:post_id>/thanks")
@limiter.limit("120 per 10 minutes", key_func=who)
@allows(Can.THANK, post=Post)
def thank(network: Network, post: Post) -> Response:
    """Say thanks, or take it back, as the button said: pressed twice it does the same."""
    address = post_address(post)
    act = marks.take_thanks_back if "take_back" in request.form else marks.thank
    with transaction():
        act(post, by=current_actor())
    return see_there(address)
