"""Threads: reading them, writing in them, and everything that is pressed there."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.forum import data, queries, rules
from govnet.forum.blueprint import bp, who
from govnet.forum.forms import EditForm, FrameForm, ThreadReplyForm, number_in
from govnet.forum.models import Post, Thread
from govnet.forum.states import PostState
from govnet.forum.threads import actions, read_marks, thanks
from govnet.forum.threads import page as threads_page
from govnet.forum.threads import queries as threads_queries
from govnet.forum.threads.queries import Reading
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound, Stale
from govnet.kernel.numbers import whole_number
from govnet.kernel.text import render
from govnet.kernel.url_converters import asked_page
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import stance_in
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import PreviewForm
from govnet.web.pages import data_page, page

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
        read_marks.try_to_mark(thread_id, me, moved)
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
    return page(
        "forum/threads/thread.html", status, form=form, blank=blank, look=look, quoting=quoting, **parts
    )


@bp.post("/<network:network>/forum/<int:thread_id>/replies")
@limiter.limit("40 per 10 minutes", key_func=who)
@allows(Can.REPLY, thread=Thread)
def reply(network: Network, thread: Thread) -> Response:
    """Add a post at the end; "Preview" only shows it; "Quote" beside a post adds its text after the typed one."""
    form = ThreadReplyForm(about=thread, made=thread.posts)
    if "quote" in request.form:
        return _quote(network, thread, form, whole_number(request.form["quote"]))
    look = "look" in request.form

    def show(status: int) -> Response:
        reading = threads_queries.read(thread, rules.page_of(thread.posts), current_actor().person_id)
        seen = render(form.body.data or "") if look and not form.errors else ""
        return _thread_page(network, thread, reading, form, status, look=seen)

    return form_view(
        form,
        lambda: actions.reply(thread, by=current_actor(), body=form.body.data or "", via=Door.WEB),
        post_address,
        show,
        done=_("Your reply is published."),
        makes=True,
        look=look,
    )


def _quote(network: Network, thread: Thread, form: ThreadReplyForm, number: int | None) -> Response:
    """The page of the quoted post, with the typed text and the quote in the form."""
    threads_page.add_quote(form.body, thread, number)
    reading = threads_queries.read(thread, rules.page_of(number or thread.posts), current_actor().person_id)
    return _thread_page(network, thread, reading, form, 422 if form.errors else 200, quoting=not form.errors)


def post_address(post: Post) -> str:
    """The place of a post in its thread."""
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
    return redirect(post_address(found), 303)


@bp.post("/<network:network>/forum/preview")
@limiter.limit("120 per 10 minutes", key_func=who)
@allows(Can.REPLY)
def preview(network: Network) -> Response:
    """A text as it would look: a fragment for the script of those who may write here."""
    return PreviewForm().fragment()


@bp.post("/<network:network>/forum/<int:thread_id>/follow")
@allows(Can.READ_THREAD, thread=Thread)
def follow(network: Network, thread: Thread) -> Response:
    """Follow or mute a discussion, or neither."""
    thread_id, stance = thread.id, stance_in(request.form.get("stance"))
    return press(
        lambda: preferences_actions.take_stance(current_actor(), network, "thread", thread_id, stance),
        url_for(".thread", thread_id=thread_id),
    )


@bp.post("/<network:network>/forum/<int:thread_id>/read")
@allows(Can.READ_THREAD, thread=Thread)
def read(network: Network, thread: Thread) -> Response:
    """Everything here has been read."""
    thread_id, posts = thread.id, thread.posts
    return press(
        lambda: read_marks.read_up_to(thread_id, posts, by=current_actor()),
        url_for(".thread", thread_id=thread_id),
    )


@bp.post("/<network:network>/forum/<int:thread_id>/<any(close, reopen):what>")
@allows(Can.FRAME_THREAD, thread=Thread)
def close(network: Network, thread: Thread, what: str) -> Response:
    """No more replies, or replies again."""
    act = actions.close_thread if what == "close" else actions.reopen_thread
    return press(
        lambda: act(thread, by=current_actor(), via=Door.WEB), url_for(".thread", thread_id=thread.id)
    )


@bp.route("/<network:network>/forum/<int:thread_id>/frame", methods=["GET", "POST"])
@allows(Can.FRAME_THREAD, thread=Thread)
def frame(network: Network, thread: Thread) -> Response:
    """Title, frame and summary."""
    form = FrameForm(obj=thread, about=thread)

    def do() -> None:
        head = actions.Head(
            title=form.title.data or "",
            frame=form.frame(),
            summary=form.summary.data or "",
            revision=number_in(form.revision),
        )
        actions.frame_thread(thread, head, by=current_actor(), via=Door.WEB)

    def show(status: int, newer: Thread | None = None) -> Response:
        return page("forum/threads/frame.html", status, form=form, thread=thread, newer=newer)

    def stale(_newer: Stale) -> Response:
        form.revision.data = str(thread.revision)  # sending again says that the newer one was seen
        return show(409, thread)

    return form_view(form, do, url_for(".thread", thread_id=thread.id), show, stale=stale)


@bp.route("/<network:network>/forum/posts/<int:post_id>/edit", methods=["GET", "POST"])
@allows(Can.EDIT_POST, post=Post)
def edit(network: Network, post: Post) -> Response:
    """Another text for one's own post."""
    form = EditForm(
        about=post, data={"body": queries.with_names(post.thread_id, post.source), "revision": post.revision}
    )
    address = post_address(post)

    def do() -> None:
        body, revision = form.body.data or "", number_in(form.revision)
        actions.change_post(post, by=current_actor(), body=body, revision=revision, via=Door.WEB)

    def show(status: int, newer: str = "") -> Response:
        return page("forum/threads/edit.html", status, post=post, form=form, newer=newer, address=address)

    def stale(stale: Stale) -> Response:
        form.revision.data = str(queries.post_of(post.id).revision)
        return show(409, stale.newer)

    return form_view(form, do, address, show, stale=stale)


@bp.get("/<network:network>/forum/posts/<int:post_id>/versions")
@allows(Can.READ_THREAD, post=Post)
def versions(network: Network, post: Post) -> Response:
    """Every text that a post had, the newest first."""
    if post.state is not PostState.VISIBLE:
        raise NotFound(_("The texts of this post are no longer shown."))
    versions = threads_queries.earlier_versions(post)
    html, *earlier = queries.pages_with_names(post.thread_id, [post.html, *(each.html for each in versions)])
    return page(
        "forum/threads/versions.html", post=post, html=html, author=queries.name_of(post.author_id), address=post_address(post),
        versions=list(zip(versions, earlier, strict=True)),
    )  # fmt: skip


@bp.post("/<network:network>/forum/posts/<int:post_id>/thanks")
@limiter.limit("120 per 10 minutes", key_func=who)
@allows(Can.THANK, post=Post)
def thank(network: Network, post: Post) -> Response:
    """Say thanks, or take it back, as the button said: pressed twice it does the same."""
    act = thanks.take_thanks_back if "take_back" in request.form else thanks.thank
    return press(lambda: act(post, by=current_actor()), post_address(post))
