"""Topics: the list, one topic, a new discussion in it, and keeping the topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.forum import data, queries, rules
from govnet.forum.blueprint import bp, who
from govnet.forum.forms import NewThreadForm, TopicForm
from govnet.forum.models import Topic
from govnet.forum.states import Readership, ThreadState
from govnet.forum.threads import actions
from govnet.forum.topics import actions as topics_actions
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import NotFound, Stale
from govnet.kernel.text import render
from govnet.kernel.url_converters import InAddress, asked_page
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.queries import stance_of
from govnet.mail.volume import stance_in
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.forms import meanwhile
from govnet.web.pages import data_page, page


@bp.get("/<network:network>/forum")
@allows(Can.READ)
def topics(network: Network) -> Response:
    """Every topic with its newest discussions."""
    actor = current_actor()
    lines = sorted(queries.topics(network.id, actor), key=_newest, reverse=True)
    return page(
        "forum/topics/topics.html",
        lines=lines,
        unread=rules.unread,
        state=partial(_state, today(network.zone)),
        starts=_to_start_in(network, [line.topic for line in lines]) if actor.signed_in else [],
        keeps=can(actor, Can.KEEP_TOPICS),
    )


def _state(day: date, thread: Any) -> str:
    """The state of a discussion in a list: that it is closed, or its audience if not everybody may read it."""
    if thread.state is ThreadState.CLOSED:
        return str(_("Closed"))
    if rules.is_over(thread.until, day):
        return str(_("Past its day"))
    return str(
        {Readership.MEMBERS: _("Members"), Readership.COMMITTEE: _("Committee")}.get(thread.visibility, "")
    )


def _newest(line: queries.TopicLine) -> tuple[bool, Any]:
    """Topics in which something was said come first, the newest of them before the others."""
    at = line.newest[0].last_post_at if line.newest else None
    return at is not None, at or 0


def _to_start_in(network: Network, topics: Sequence[Topic]) -> list[Topic]:
    """The topics in which the reader may start a discussion."""
    terms, actor = queries.terms_of(network.id), current_actor()
    return [each for each in topics if each.archived_at is None and can(actor, Can.START_THREAD, each)
            and (terms.members_topics or bool(_audiences(each)))]  # fmt: skip


@bp.get("/<network:network>/forum.json")
@allows(Can.READ)
def topics_data(network: Network) -> Response:
    """The same as data."""
    return data_page(data.topics(queries.topics(network.id, current_actor())))


def _topic(network: Network, slug: str) -> Topic:
    """The topic with that address. Raises NotFound."""
    found = queries.topic_by_slug(network.id, slug)
    if found is None:
        raise NotFound(_("There is no such topic."))
    return found


BY_SLUG = InAddress("slug", _topic)


@bp.get("/<network:network>/forum/<slug>")
@allows(Can.READ_THREAD, topic=BY_SLUG)
def topic(network: Network, topic: Topic) -> Response:
    """One topic: its discussions, those with the newest posts first."""
    number, actor = asked_page(), current_actor()
    rows, older = queries.threads(topic, actor, number)
    terms = queries.terms_of(network.id)
    starts = actor.signed_in and can(actor, Can.START_THREAD, topic)
    return page(
        "forum/topics/topic.html",
        topic=topic,
        threads=rows,
        number=number,
        older=older,
        unread=rules.unread,
        starts=starts and (terms.members_topics or bool(_audiences(topic))),
        state=partial(_state, today(network.zone)),
        stance=stance_of(actor.person_id, "topic", topic.id),
        keeps=can(actor, Can.KEEP_TOPICS, topic),
    )


@bp.get("/<network:network>/forum/<slug>.json")
@allows(Can.READ_THREAD, topic=BY_SLUG)
def topic_data(network: Network, topic: Topic) -> Response:
    """The same as data."""
    number = asked_page()
    rows, older = queries.threads(topic, current_actor(), number)
    following = url_for(".topic_data", slug=topic.slug, page=number + 1) if older else None
    return data_page({**data.topic(topic), "threads": data.threads(rows), "next": following})


@bp.post("/<network:network>/forum/<slug>/follow")
@allows(Can.READ_THREAD, topic=BY_SLUG)
def follow_topic(network: Network, topic: Topic) -> Response:
    """Follow or mute a whole topic, or neither."""
    topic_id, stance = topic.id, stance_in(request.form.get("stance"))
    return press(
        lambda: preferences_actions.take_stance(current_actor(), network, "topic", topic_id, stance),
        url_for(".topic", slug=topic.slug),
    )


@bp.route("/<network:network>/forum/<slug>/new", methods=["GET", "POST"])
@limiter.limit("15 per hour", methods=["POST"], key_func=who)
@allows(Can.START_THREAD, topic=BY_SLUG)
def start(network: Network, topic: Topic) -> Response:
    """A new discussion; with the button "Preview", only a look at its first post."""
    form, slug = NewThreadForm(about=topic, audience=topic.visibility.value), topic.slug
    form.offer(_audiences(topic))
    if not form.audience.choices:
        rules.check_audience(topic.visibility, queries.terms_of(network.id))

    def show(status: int) -> Response:
        seen = render(form.body.data or "") if request.form.get("look") and not form.errors else ""
        return page("forum/topics/start.html", status, topic=_topic(network, slug), form=form, look=seen)

    return form_view(
        form,
        lambda: actions.start_thread(topic, _draft(form), by=current_actor(), via=Door.WEB),
        lambda made: url_for(".thread", thread_id=made.id),
        show,
        look="look" in request.form,
        done=_("Your discussion has started. You will get a mail about replies."),
        makes=True,
    )


def _audiences(topic: Topic) -> list[Readership]:
    """The audiences for a writer to choose from: no wider than the topic, and readable to the writer."""
    mine, terms = queries.reach(current_actor()), queries.terms_of(topic.network_id)
    return [
        one
        for one in Readership
        if one in mine and rules.within(one, topic.visibility) and rules.may_begin(one, terms)
    ]


def _draft(form: NewThreadForm) -> actions.ThreadInput:
    return actions.ThreadInput(
        title=form.title.data or "",
        body=form.body.data or "",
        audience=Readership(form.audience.data),
        frame=form.frame(),
    )


@bp.route("/<network:network>/forum/new", methods=["GET", "POST"])
@allows(Can.KEEP_TOPICS)
def new_topic(network: Network) -> Response:
    """Officers add a topic."""
    form = TopicForm(about=network)
    _offer(form)
    return form_view(
        form,
        lambda: topics_actions.open_topic(network, _about(form), by=current_actor(), via=Door.WEB),
        lambda made: url_for(".topic", slug=made.slug),
        lambda status: page("forum/topics/keep_topic.html", status, form=form, topic=None, newer=()),
        done=_("The topic is saved."),
        makes=True,
    )


@bp.route("/<network:network>/forum/<slug>/change", methods=["GET", "POST"])
@allows(Can.KEEP_TOPICS, topic=BY_SLUG)
def change_topic(network: Network, topic: Topic) -> Response:
    """Officers change a topic, or close it for new discussions."""
    form, slug = _change_form(topic), topic.slug
    seen = form.seen.data or ""

    def show(status: int, newer: Sequence[Any] = ()) -> Response:
        return page(
            "forum/topics/keep_topic.html", status, form=form, topic=_topic(network, slug), newer=newer
        )

    def stale(_newer: Stale) -> Response:
        found = _topic(network, slug)
        newer = meanwhile(_change_form(found, formdata=None), form)
        form.seen.data = topics_actions.fingerprint(found)
        return show(409, newer)

    return form_view(
        form,
        lambda: topics_actions.change_topic(topic, _about(form), seen=seen, by=current_actor(), via=Door.WEB),
        url_for(".topic", slug=slug),
        show,
        stale=stale,
    )


def _change_form(topic: Topic, **more: Any) -> TopicForm:
    """The topic as it is, to be changed."""
    values = {"title": topic.title, "description": topic.description, "audience": topic.visibility.value,
              "archived": topic.archived_at is not None, "seen": topics_actions.fingerprint(topic)}  # fmt: skip
    form = TopicForm(about=topic, data=values, **more)
    _offer(form, topic)
    return form


def _offer(form: TopicForm, topic: Topic | None = None) -> None:
    """Only audiences for whom the charter lets something begin; a topic keeps those it has."""
    terms = queries.terms_of(topic.network_id if topic else current_actor().network_id or 0)
    kept = topic.visibility.value if topic else ""
    offered: list[Any] = list(form.audience.choices or ())
    form.audience.choices = [
        one for one in offered if one.value == kept or rules.may_begin(Readership(one.value), terms)
    ]


def _about(form: TopicForm) -> topics_actions.TopicInput:
    return topics_actions.TopicInput(
        title=form.title.data or "",
        description=form.description.data or "",
        audience=Readership(form.audience.data),
        archived=bool(form.archived.data),
    )
