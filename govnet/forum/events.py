"""Events of the forum. Texts are not in them, only their digests, among the words: they go with a text."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.forum.models import Appeal, Hiding, Post, Report, Thread, Topic
from govnet.kernel.messages import NN_
from govnet.record.events import Event, Visibility


class TopicOpened(Event):
    """There is something new to talk about."""

    verb: ClassVar[str] = "forum.topic_opened"
    sentence: ClassVar[Any] = _l("%(actor)s opened the topic “%(title)s”")
    subject: ClassVar[str] = "topic"
    topic: Topic
    title: str


class TopicChanged(Event):
    """A topic has another title, description or audience, or is closed for new discussions."""

    verb: ClassVar[str] = "forum.topic_changed"
    sentence: ClassVar[Any] = _l("%(actor)s changed the topic “%(title)s”")
    subject: ClassVar[str] = "topic"
    topic: Topic
    title: str
    archived: bool


class ThreadEvent(Event):
    """Something about a whole discussion."""

    words_of: ClassVar[frozenset[str]] = frozenset({"title"})
    subject: ClassVar[str] = "thread"
    thread: Thread
    title: str


class ThreadStarted(ThreadEvent):
    """A discussion began, with its first post."""

    verb: ClassVar[str] = "forum.started"
    sentence: ClassVar[Any] = _l("%(actor)s started the discussion “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "text_digest"})
    topic: Topic
    post: Post
    text_digest: str


class ThreadFramed(ThreadEvent):
    """Its title, its question, who decides or the summary changed."""

    verb: ClassVar[str] = "forum.framed"
    sentence: ClassVar[Any] = _l("%(actor)s wrote at the top of the discussion “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "text_digest"})
    changed: tuple[str, ...]
    text_digest: str


class ThreadClosed(ThreadEvent):
    """It takes no more replies."""

    verb: ClassVar[str] = "forum.closed"
    sentence: ClassVar[Any] = _l("%(actor)s closed the discussion “%(title)s”")


class ThreadReopened(ThreadEvent):
    """It takes replies again."""

    verb: ClassVar[str] = "forum.reopened"
    sentence: ClassVar[Any] = _l("%(actor)s opened the discussion “%(title)s” again")


class PostEvent(Event):
    """Something about one post."""

    words_of: ClassVar[frozenset[str]] = frozenset({"title"})
    subject: ClassVar[str] = "post"
    post: Post
    thread: Thread
    number: int
    title: str


class Replied(PostEvent):
    """A post was added."""

    verb: ClassVar[str] = "forum.replied"
    sentence: ClassVar[Any] = _l("%(actor)s wrote in “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "text_digest"})
    text_digest: str


class PostChanged(PostEvent):
    """Its author changed the text; the earlier one can still be seen."""

    verb: ClassVar[str] = "forum.changed"
    sentence: ClassVar[Any] = _l("%(actor)s changed post %(number)s in “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "text_digest"})
    revision: int
    text_digest: str


class PostReported(PostEvent):
    """Somebody thinks that it should not stand. Who, is for the committee."""

    verb: ClassVar[str] = "forum.reported"
    sentence: ClassVar[Any] = _l("%(actor)s reported post %(number)s in “%(title)s”")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
    report: Report


class ReportDismissed(PostEvent):
    """The committee looked, and the post stands."""

    verb: ClassVar[str] = "forum.report_dismissed"
    sentence: ClassVar[Any] = _l("%(actor)s looked at a report; post %(number)s in “%(title)s” stays visible")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
    report: Report


class HidingEvent(PostEvent):
    """Something about a post that was hidden or removed."""

    words_of: ClassVar[frozenset[str]] = frozenset({"title", "reason"})
    hiding: Hiding
    reason: str


class PostHidden(HidingEvent):
    """Its text is not shown; it can come back."""

    verb: ClassVar[str] = "forum.hidden"
    sentence: ClassVar[Any] = _l("%(actor)s hid post %(number)s in “%(title)s”: %(reason)s")


class RemovalWanted(HidingEvent):
    """The officer who hid it wants the text removed for good. A second person decides: the others are notified."""

    verb: ClassVar[str] = "forum.removal_wanted"
    sentence: ClassVar[Any] = _l(
        "%(actor)s wants the text of post %(number)s in “%(title)s” removed for good; a second person "
        "decides: %(reason)s"
    )


class RemovalByLaw(HidingEvent):
    """A post is to be removed for a legal reason: on a day, unless somebody shows it again. The others are notified."""

    verb: ClassVar[str] = "forum.removal_by_law"
    sentence: ClassVar[Any] = _l(
        "%(actor)s says that the law requires the text of post %(number)s in “%(title)s” to be removed. It "
        "is removed after %(on)s unless somebody else shows it again: %(reason)s"
    )

    on: date


class PostRemoved(HidingEvent):
    """Its text is gone."""

    verb: ClassVar[str] = "forum.removed"
    sentence: ClassVar[Any] = _l("%(actor)s removed the text of post %(number)s in “%(title)s”: %(reason)s")


class HidingLifted(HidingEvent):
    """It is shown again, without an appeal."""

    verb: ClassVar[str] = "forum.lifted"
    sentence: ClassVar[Any] = _l("%(actor)s showed post %(number)s in “%(title)s” again: %(reason)s")


class Appealed(PostEvent):
    """The author asks two others to look at it. Her words are for them."""

    verb: ClassVar[str] = "forum.appealed"
    sentence: ClassVar[Any] = _l("%(actor)s appealed against the hiding of post %(number)s in “%(title)s”")
    appeal: Appeal


class AppealHeard(PostEvent):
    """One of those who hear it has answered."""

    verb: ClassVar[str] = "forum.appeal_heard"
    sentence: ClassVar[Any] = _l("%(actor)s answered an appeal about post %(number)s in “%(title)s”")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
    appeal: Appeal
    outcome: str


class AppealUpheld(HidingEvent):
    """Two others agree with the hiding."""

    verb: ClassVar[str] = "forum.appeal_upheld"
    sentence: ClassVar[Any] = _l(
        "An appeal was heard: post %(number)s in “%(title)s” stays hidden: %(reason)s"
    )
    appeal: Appeal


class AppealGranted(HidingEvent):
    """Two others think that it should stand; it does."""

    verb: ClassVar[str] = "forum.appeal_granted"
    sentence: ClassVar[Any] = _l(
        "An appeal was heard: post %(number)s in “%(title)s” is shown again: %(reason)s"
    )
    appeal: Appeal


class PostsTakenBack(Event):
    """Somebody took the texts of all their posts away; the places stay."""

    verb: ClassVar[str] = "forum.taken_back"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s took back what they had written: %(count)s post",
        "%(actor)s took back what they had written: %(count)s posts",
    )
    counts: ClassVar[str] = "count"
    count: int
