"""Topics: the list, one topic, a new discussion in it, and keeping the topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.forum import data, queries, rights, rules
from govnet.forum.blueprint import bp, who
from govnet.forum.forms import NewThreadForm, TopicForm
from govnet.forum.kinds import Readership, ThreadState
from govnet.forum.models import Topic
from govnet.forum.threads import actions
from govnet.forum.topics import actions as topics_actions
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import NotFound, Stale
from govnet.kernel.paths import asked_page
from govnet.kernel.text import render
from govnet.kernel.transaction import transaction
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.queries import stance_of
from govnet.mail.volume import Stance
from govnet.permissions import Can, allows, can, check_right
from govnet.web.forms import meanwhile, once
from govnet.web.pages import data_page, page, see


@bp.get("/<network:network>/forum")
@allows(Can.READ)
def topics(network: Network) -> Response:
    """Every topic with its newest discussions."""
    actor = current_actor()
    lines = sorted(queries.topics(network.id, actor), key=_newest, reverse=True)
    return page(
        "forum/topics.html",
        lines=lines,
        unread=rules.unread,
        state=partial(_state, today(network.zone)),
        starts=_to_start_in(network, [line.topic for line in lines]) if actor.signed_in else [],
        keeps=can(actor, Can.KEEP_TOPICS),
    )


def _state(day: date, thread: Any) -> str:
    """What a list says of a discussion: that it takes no more, or who reads it where not everybody does."""
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
    may = rights.to_start(terms)
    return [each for each in topics if each.archived_at is None and can(actor, may, each)
            and (terms.members_topics or bool(_audiences(each)))]  # fmt: skip


@bp.get("/<network:network>/forum.json")
@allows(Can.READ)
def topics_data(network: Network) -> Response:
    """The same as data."""
    return data_page(data.topics(queries.topics(network.id, current_actor())))


def _topic(network: Network, slug: str) -> Topic:
    """The topic with that address, for somebody who may read it. Raises NotFound and NotAllowed."""
    found = queries.topic_by_slug(network.id, slug)
    if found is None:
        raise NotFound(_("There is no such topic."))
    check_right(current_actor(), Can.READ_THREAD, found)
    return found


@bp.get("/<network:network>/forum/<slug>")
@allows(Can.READ)
def topic(network: Network, slug: str) -> Response:
    """One topic: its discussions, those with the newest posts first."""
    found, number, actor = _topic(network, slug), asked_page(), current_actor()
    rows, older = queries.threads(found, actor, number)
    terms = queries.terms_of(network.id)
    starts = actor.signed_in and can(actor, rights.to_start(terms), found)
    starts = starts and (terms.members_topics or bool(_audiences(found)))
    return page(
        "forum/topic.html", topic=found, threads=rows, number=number, older=older, unread=rules.unread, starts=starts,
        state=partial(_state, today(network.zone)),
        stance=stance_of(actor.person_id, "topic", found.id), keeps=can(actor, Can.KEEP_TOPICS, found),
    )  # fmt: skip


@bp.get("/<network:network>/forum/<slug>.json")
@allows(Can.READ)
def topic_data(network: Network, slug: str) -> Response:
    """The same as data."""
    found, number = _topic(network, slug), asked_page()
    rows, older = queries.threads(found, current_actor(), number)
    following = url_for(".topic_data", slug=slug, page=number + 1) if older else None
    return data_page({**data.topic(found), "threads": data.threads(rows), "next": following})


@bp.post("/<network:network>/forum/<slug>/follow")
@allows(Can.OWN)
def follow_topic(network: Network, slug: str) -> Response:
    """Follow or mute a whole topic, or neither."""
    topic_id, text = _topic(network, slug).id, request.form.get("stance", "")
    with transaction():
        stance = Stance(text) if text in set(Stance) else None
        preferences_actions.take_stance(current_actor(), network, "topic", topic_id, stance)
    return see(".topic", slug=slug)


@bp.route("/<network:network>/forum/<slug>/new", methods=["GET", "POST"])
@limiter.limit("15 per hour", methods=["POST"], key_func=who)
@allows(Can.OWN)
def start(network: Network, slug: str) -> Response:
    """A new discussion; with the button "Preview", only a look at its first post."""
    found, actor = _topic(network, slug), current_actor()
    check_right(actor, rights.to_start(queries.terms_of(network.id)), found)
    form = NewThreadForm(about=found, audience=found.visibility.value)
    form.offer(_audiences(found))
    if not form.audience.choices:
        rules.check_audience(found.visibility, queries.terms_of(network.id))
    look = bool(request.form.get("look"))
    if form.validate_on_submit() and not look:
        with form.catching():
            return once(
                form,
                lambda: actions.start_thread(found, _draft(form), by=actor, via=Door.WEB),
                lambda made: url_for(".thread", thread_id=made.id),
                done=_("Your discussion has started. You will get a mail about replies."),
            )
    seen = render(form.body.data or "") if look and not form.errors else ""
    return page("forum/start.html", 422 if form.errors else 200, topic=found, form=form, look=seen)


def _audiences(topic: Topic) -> list[Readership]:
    """What a writer can choose among: no wider than the topic, and what they can read themselves."""
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
        frame=actions.Frame(
            question=form.question.data or "",
            can_change=form.can_change.data or "",
            decides=form.decides.data or "",
            until=form.until.data,
        ),
    )


@bp.route("/<network:network>/forum/new", methods=["GET", "POST"])
@allows(Can.KEEP_TOPICS)
def new_topic(network: Network) -> Response:
    """Officers add a topic."""
    form = TopicForm(about=network)
    _offer(form)
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: topics_actions.open_topic(network, _about(form), by=current_actor(), via=Door.WEB),
                lambda made: url_for(".topic", slug=made.slug),
                done=_("The topic is saved."),
            )
    return page("forum/keep_topic.html", 422 if form.errors else 200, form=form, topic=None, newer=())


@bp.route("/<network:network>/forum/<slug>/change", methods=["GET", "POST"])
@allows(Can.KEEP_TOPICS)
def change_topic(network: Network, slug: str) -> Response:
    """Officers change a topic, or close it for new discussions."""
    found = _topic(network, slug)
    form, newer = _change_form(found), []
    if form.validate_on_submit():
        seen, by = form.seen.data or "", current_actor()
        try:
            with form.catching(), transaction():
                topics_actions.change_topic(found, _about(form), seen=seen, by=by, via=Door.WEB)
                return see(".topic", slug=slug)
        except Stale:
            found = _topic(network, slug)
            newer = meanwhile(_change_form(found, formdata=None), form)
            form.seen.data = topics_actions.fingerprint(found)
    status = 409 if newer else 422 if form.errors else 200
    return page("forum/keep_topic.html", status, form=form, topic=found, newer=newer)


def _change_form(topic: Topic, **more: Any) -> TopicForm:
    """The topic as it is, to be changed."""
    values = {"title": topic.title, "description": topic.description, "audience": topic.visibility.value,
              "archived": topic.archived_at is not None, "seen": topics_actions.fingerprint(topic)}  # fmt: skip
    form = TopicForm(about=topic, data=values, **more)
    _offer(form, topic)
    return form


def _offer(form: TopicForm, topic: Topic | None = None) -> None:
    """Only readers for whom the charter lets something begin; a topic keeps those it has."""
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
