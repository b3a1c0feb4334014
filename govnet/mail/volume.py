"""How much mail a person gets: the one question, follow and mute, and what the charter always tells."""

from dataclasses import dataclass
from enum import StrEnum


class Volume(StrEnum):
    """The four answers to "How much mail?"."""

    EVERYTHING = "everything"
    CONCERNS_ME = "concerns_me"
    DIGEST = "digest"
    VOTES = "votes"


class Stance(StrEnum):
    """A person's choice about one thread or topic."""

    FOLLOW = "follow"
    MUTE = "mute"


def stance_in(text: object) -> Stance | None:
    """The stance that a button sent; anything else is neither."""
    return Stance(str(text)) if text in set(Stance) else None


class News(StrEnum):
    """The kind of news; ALWAYS is for the notices that the charter names, and answers to a person's own
    request.
    """

    ALWAYS = "always"
    VOTE = "vote"
    ANNOUNCEMENT = "announcement"
    DISCUSSION = "discussion"


class How(StrEnum):
    """How a piece of news reaches a person."""

    SINGLY = "singly"
    DIGEST = "digest"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Ear:
    """One person's choices about mail, for one piece of news."""

    volume: Volume = Volume.CONCERNS_ME
    thread: Stance | None = None
    topic: Stance | None = None
    concerned: bool = False
    did_it: bool = False
    silent: bool = False

    @property
    def stance(self) -> Stance | None:
        """The thread's word counts before its topic's."""
        return self.thread or self.topic


_SINGLY = {
    News.VOTE: frozenset({Volume.EVERYTHING, Volume.CONCERNS_ME, Volume.VOTES}),
    News.ANNOUNCEMENT: frozenset({Volume.EVERYTHING, Volume.CONCERNS_ME}),
    News.DISCUSSION: frozenset({Volume.EVERYTHING}),
}


def singly(news: News) -> frozenset[Volume]:
    """The volumes at which such news come as a mail of their own, to anybody; the usual one is among them or not."""
    return _SINGLY[news]


def how(news: News, ear: Ear) -> How:
    """The way in which this person is notified. People who asked for no mail at all get none; notices that always go out
    come singly; then follow, mute, volume.
    """
    if ear.silent:
        return How.NOT
    if news is News.ALWAYS:
        return How.SINGLY
    if ear.did_it or ear.stance is Stance.MUTE:
        return How.NOT
    if ear.stance is Stance.FOLLOW or _wanted(news, ear):
        return How.SINGLY
    return How.DIGEST if ear.volume is Volume.DIGEST else How.NOT


def _wanted(news: News, ear: Ear) -> bool:
    return ear.volume in _SINGLY[news] or (ear.concerned and ear.volume is Volume.CONCERNS_ME)


class Reach(StrEnum):
    """The kinds of mail that a person who wants less can leave."""

    THREAD = "thread"
    ALL_BUT_VOTES = "all_but_votes"
    EVERYTHING = "everything"


def one_click(news: News, *, by_address: bool) -> Reach:
    """The effect of one click in a mail program: all but votes, or all of it if the mail was about a vote
    or went to a bare address.
    """
    if by_address or news in (News.VOTE, News.ALWAYS):
        return Reach.EVERYTHING
    return Reach.ALL_BUT_VOTES
