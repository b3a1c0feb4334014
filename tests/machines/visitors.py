"""People at both webs behind a balancer, the whole time: readers, and some who write, answer and sign in."""

from __future__ import annotations

import http.client
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.machines.machines import HOST, SITE, Site
from tests.pages import Html, defaults

PATIENCE = 40.0
"""Seconds in which what somebody wants to do must have come about."""
_numbers = count(1)


class Lost(Exception):
    """The connection ended before the answer came: nobody knows whether it was done."""


@dataclass
class Answer:
    """The answer of a web."""

    status: int
    text: str
    headers: dict[str, str]
    by: str
    tries: int = 1
    """How often it had to be asked for."""

    @property
    def words(self) -> str:
        """The words that a person reads, for messages."""
        return f"{self.status} {Html(self.text).text[:1500]}"

    @property
    def is_away(self) -> bool:
        """Whether it says in words that the database is away or busy just now, and when to come again."""
        return self.status == 503 and "database" in self.text.lower() and "retry-after" in self.headers


@dataclass
class Balancer:
    """Asks the machines in turn; where one refuses the connection, the other one."""

    site: Site
    said: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)
    away_at: list[float] = field(default_factory=list)
    """When a page said that the database is away."""
    well_at: list[float] = field(default_factory=list)
    """When something was read or saved."""
    writing: Counter[str] = field(default_factory=Counter)
    """How many forms each machine has in hand."""
    _turn: Iterator[int] = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        """One answer. Raises Lost where a form was sent and the line broke; what only reads is asked elsewhere."""
        first = next(self._turn)
        webs = self.site.webs
        for web in (webs[first % 2], webs[(first + 1) % 2], webs[first % 2]):
            line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
            try:
                line.connect()
            except OSError:
                continue
            try:
                self._begins(web.name, method == "POST")
                line.request(method, path, body, headers)
                got = line.getresponse()
                text = got.read().decode()
            except (OSError, http.client.HTTPException) as error:
                with self._lock:
                    self.lost += 1
                if method == "GET":
                    continue
                raise Lost from error
            finally:
                self._begins(web.name, -(method == "POST"))
                line.close()
            fields = {name.lower(): value for name, value in got.getheaders() if name != "Set-Cookie"}
            fields["set-cookie"] = "\n".join(got.headers.get_all("Set-Cookie") or ())
            return self._noted(method, path, Answer(got.status, text, fields, web.name))
        with self._lock:
            self.wrong.append(f"{method} {path}: no machine answered")
        raise Lost

    def _begins(self, web: str, more: int) -> None:
        with self._lock:
            self.writing[web] += more

    def _noted(self, method: str, path: str, answer: Answer) -> Answer:
        with self._lock:
            self.said[answer.status] += 1
            if answer.is_away:
                self.away_at.append(time.monotonic())
            elif answer.status < 400:
                self.well_at.append(time.monotonic())
            else:
                self.wrong.append(
                    f"{method} {path} by {answer.by}: {answer.status} {Html(answer.text).text[:300]}"
                )
        return answer


class Browser:
    """One person's cookies, at an address of their own."""

    def __init__(self, balancer: Balancer) -> None:
        number = next(_numbers)
        self.balancer, self.cookies = balancer, dict[str, str]()
        self.address = f"198.51.{number // 250}.{number % 250 + 1}"

    def ask(self, path: str, data: dict[str, Any] | None = None) -> Answer:
        """Open a page, or send a form."""
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "Origin": SITE,
            "Connection": "close",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.balancer.ask("GET" if data is None else "POST", path, body, headers)
        for line in filter(None, answer.headers["set-cookie"].split("\n")):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def opened(self, path: str) -> Answer:
        """The page, and all that a person does until it is there: ask again."""
        return insist(lambda: self.ask(path), path)

    def sends(self, path: str, values: dict[str, Any], action: str = "", press: str = "") -> Answer:
        """Open a page, fill in its form and send it, the same form until an answer says what became of it."""
        page = self.opened(path)
        return self.fills(page, path, values, action, press)

    def fills(
        self, page: Answer, path: str, values: dict[str, Any], action: str = "", press: str = ""
    ) -> Answer:
        """The same on a page that is open."""
        form = form_of(page, set(values), action)
        data = {**defaults(form), **values, **({press: "y"} if press else {})}
        where = urlsplit(form["action"] or path)
        return insist(lambda: self.ask(where.path + (f"?{where.query}" if where.query else ""), data), path)


def form_of(page: Answer, names: set[str], action: str) -> dict[str, Any]:
    """The page's form that has these fields, and this action."""
    for form in Html(page.text).forms:
        have = {each["name"] for each in form["fields"]}
        if form["method"] == "post" and names <= have and form["action"].partition("?")[0].endswith(action):
            return form
    raise AssertionError(f"no form with {names} {action}: {page.status} {Html(page.text).text[:500]}")


def insist(do: Callable[[], Answer], what: str) -> Answer:
    """Do it again while the line breaks or the database is away; fails where that goes on."""
    end, tries = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        tries += 1
        try:
            answer = do()
        except Lost:
            time.sleep(0.1)
            continue
        if not answer.is_away:
            answer.tries = tries
            return answer
        time.sleep(0.5)
    raise AssertionError(f"{what}: no answer in {PATIENCE:.0f} s")


class Visitor(threading.Thread, ABC):
    """Does the same again and again until `leave`; what ended it early stands in `trouble`."""

    pause = 0.1

    def __init__(self, browser: Browser, leave: threading.Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.leave, self.trouble = browser, leave, ""
        self.done = 0

    def run(self) -> None:
        try:
            while not self.leave.is_set():
                self.once()
                self.done += 1
                self.leave.wait(self.pause)
        except Exception as error:
            self.trouble = f"{type(self).__name__}: {type(error).__name__}: {error}"

    @abstractmethod
    def once(self) -> None:
        """One thing."""


class Reader(Visitor):
    """Opens page after page."""

    def __init__(self, browser: Browser, leave: threading.Event, *paths: str) -> None:
        super().__init__(browser, leave)
        self.paths = paths

    def once(self) -> None:
        """The next page, as it comes."""
        try:
            self.browser.ask(self.paths[self.done % len(self.paths)])
        except Lost:
            time.sleep(0.1)


class Writer(Visitor):
    """Posts in a discussion, and keeps what it was told is there; no faster than a person may."""

    pause = 2.0

    def __init__(self, browser: Browser, leave: threading.Event, name: str, thread: str) -> None:
        super().__init__(browser, leave)
        self.name, self.thread, self.sent, self.saved = name, thread, list[str](), list[str]()

    def once(self) -> None:
        """One post."""
        body = f"{self.name} says number {self.done}."
        self.sent.append(body)
        answer = self.browser.sends(self.thread, {"body": body}, "/replies")
        assert answer.status == 303, answer.words
        self.saved.append(body)


class Voter(Visitor):
    """Changes an answer to a proposal, and keeps the last that it was told is given."""

    pause = 0.6

    def __init__(self, browser: Browser, leave: threading.Event, proposal: str) -> None:
        super().__init__(browser, leave)
        self.proposal, self.last = proposal, ""

    def once(self) -> None:
        """The other answer."""
        answer = ("agree", "none")[self.done % 2]
        said = self.browser.sends(self.proposal, {"answer": answer}, "/answer")
        assert said.status == 303, said.words
        self.last = answer


class Newcomer(Visitor):
    """Signs in by mail, one person after another."""

    pause = 1.5

    def __init__(self, balancer: Balancer, leave: threading.Event, addresses: list[str]) -> None:
        super().__init__(Browser(balancer), leave)
        self.addresses, self.waited, self.asked = addresses, list[float](), Counter[str]()

    def once(self) -> None:
        """The next person, in a browser of their own."""
        self.browser = Browser(self.browser.balancer)
        address = self.addresses[self.done % len(self.addresses)]
        waited, tries = sign_in(self.browser, address)
        self.waited.append(waited)
        self.asked[address] += tries


def sign_in(browser: Browser, address: str) -> tuple[float, int]:
    """By a link that is mailed; how many seconds the mail took, and how often it had to be asked for."""
    post = browser.balancer.site.post
    before, began = len(post.to(address, "Your link to sign in")), time.monotonic()
    asked = browser.sends("/sign-in", {"email": address}, "/sign-in")
    assert asked.status == 303, asked.words
    mail = post.wait(address, "Your link to sign in", after=before)
    waited = time.monotonic() - began
    where = urlsplit(mail.link("/sign-in/link/")).path
    entered = browser.sends(where, {}, where)
    assert entered.status == 303, entered.words
    assert browser.opened("/me").status == 200
    return waited, asked.tries
