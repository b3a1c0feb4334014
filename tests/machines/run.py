"""One run: the network is founded, people come, and what happened is counted."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.house import until
from tests.journeys.network import FILE
from tests.machines.machines import Site
from tests.machines.visitors import (
    Balancer,
    Browser,
    Newcomer,
    Reader,
    Visitor,
    Voter,
    Writer,
    sign_in,
)

STILL = "Are you still a member"
MEMBERS, SIGNED_IN = 16, 8


def address(name: str, number: int) -> str:
    """Of somebody on a list."""
    return f"{name.lower()}{number}@example.org"


@dataclass
class Run:
    """The people who are there, and the figures."""

    site: Site
    balancer: Balancer
    figures: dict[str, Any] = field(default_factory=dict)
    writers: list[Writer] = field(default_factory=list)
    voters: list[Voter] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    thread: str = ""
    proposal: str = ""
    killed: list[float] = field(default_factory=list)
    """When a worker was."""
    _leave: threading.Event = field(default_factory=threading.Event)

    def founded(self) -> None:
        """The network, with the first members on their list."""
        file = self.site.folder / "network.toml"
        words = FILE.format(start="usual", changes="", list_address="")
        file.write_text(words.replace("2016-", "2096-"))
        self.site.webs[0].command("init", "--file", str(file))
        self.bring_in("Member", MEMBERS)

    def bring_in(self, name: str, many: int) -> None:
        """Members of an old list; each is asked by mail, once, whether they still are."""
        lines = [f"{name} {n},{address(name, n)},,individual,member" for n in range(many)]
        file = self.site.folder / f"{name}.csv"
        file.write_text("\n".join(["name,email,organisation,kind,as", *lines]))
        self.site.webs[0].command("import", "members", str(file), "--go")

    def everybody_comes(self) -> None:
        """Members say yes; half of them write, answer and read, the others sign in one after another, until all leave."""
        for n in range(MEMBERS):
            browser = Browser(self.balancer)
            mail = self.site.post.wait(address("Member", n), STILL)
            where = urlsplit(mail.link("/uk/")).path
            assert browser.sends(where, {}).status == 303
            self.browsers.append(browser)
        for n in range(SIGNED_IN):
            sign_in(self.browsers[n], address("Member", n))
        self.thread, self.proposal = begun(self.browsers[0]), asked(self.browsers[1])
        pages = [
            "/",
            "/uk/",
            "/uk/forum",
            self.thread,
            self.proposal,
            "/uk/decisions",
            "/sign-in",
            "/uk/members",
        ]
        self.writers = [Writer(self.browsers[n], self._leave, f"Member {n}", self.thread) for n in range(4)]
        self.voters = [Voter(self.browsers[n], self._leave, self.proposal) for n in (4, 5)]
        self.readers = [
            Reader(self.browsers[6], self._leave, "/me", *pages),
            Reader(Browser(self.balancer), self._leave, *pages),
        ]
        others = [address("Member", n) for n in range(SIGNED_IN, MEMBERS)]
        self.newcomers = Newcomer(self.balancer, self._leave, others)
        for one in self.everybody:
            one.start()

    @property
    def everybody(self) -> list[Visitor]:
        """All who are there."""
        return [*self.writers, *self.voters, *self.readers, self.newcomers]

    def everybody_leaves(self) -> None:
        """When they have done what they are at."""
        self._leave.set()
        for one in self.everybody:
            one.join(60)
            assert not one.is_alive()
        self.nothing_wrong()

    def nothing_wrong(self) -> bool:
        """No page answered what it should not, and nobody was kept from what they do."""
        assert self.balancer.wrong == []
        assert [one.trouble for one in self.everybody if one.trouble] == []
        return True

    def goes_on(self, what: str, more: int = 4) -> None:
        """Wait until people have saved that much more, and somebody has signed in."""
        saved, entered = self.saved(), self.newcomers.done
        until(
            lambda: self.nothing_wrong() and self.saved() >= saved + more and self.newcomers.done > entered,
            f"people to go on {what}",
        )

    def saved(self) -> int:
        """How much was told to be saved until now."""
        return sum(one.done for one in (*self.writers, *self.voters))


def asked(browser: Browser) -> str:
    """A question to everybody; where it stands."""
    new = "/uk/proposals/new?matter=statement"
    check = browser.sends(new, {"question": "Shall we meet in June?", "text": "In Leeds, on a Saturday."})
    assert check.status == 200, check.words
    made = browser.fills(check, new, {}, "/proposals/new", press="checked")
    assert made.status == 303, made.words
    return urlsplit(made.headers["location"]).path


def begun(browser: Browser) -> str:
    """A discussion; where it stands."""
    words = {"title": "Our summer", "body": "What do we do?"}
    made = browser.sends("/uk/forum/membership-of-the-network/new", words)
    assert made.status == 303, made.words
    return urlsplit(made.headers["location"]).path
