"""Near dates are said in words that hold, and every date on a page is said by the filters that know how."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import nodes
from markupsafe import Markup
from sqlalchemy import Date, DateTime

from govnet.decisions.models import ProposalVersion
from govnet.extensions import db
from govnet.kernel import clock
from govnet.web import pages
from tests import builders
from tests.decisions.builders import a_network_with_rules, a_proposal

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NEAR = ("moment", "deadline", "day", "last_day", "clock_time")
"""Filters whose words go with the day."""
EXACT = ("instant", "instant_text", "day_text")
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "UTC")
TAKES_WORDS = (
    *(
        "_",
        "gettext",
        "ngettext",
        "facts",
        "row",
        "thread_row",
        "decision_row",
        "proposal_row",
        "announcement_row",
    ),
    *(
        "place_row",
        "big_state",
        "chip",
        "fold",
        "notice",
        "panel",
        "section",
        "empty",
        "frame",
        "summary",
        "post",
    ),
)
"""Functions that show their arguments as they are: translations and components."""
SAYS_EXACTLY = {
    "record/entry.html": "an entry of the record is evidence",
    "decisions/register/_circumstances.html": "the check of a decision leads to entries by the minute",
    "decisions/register/_cite.html": "a citation is read on another day",
    "decisions/proposals/propose.html": "the hint of a field, read by the browser as text",
    "letters/_words.html": "the hint of a field, read by the browser as text",
    "operations/operator.html": "what the clock says, and which backup is which",
    "coordinator/report.html": "a title",
    "committee/committee.html": "a term, from one day to another",
    "coordinator/coordinator.html": "a term, from one day to another",
}
"""Templates of pages that say exact dates in other words than near ones, and why."""


@contextmanager
def reading(app: Flask, now: datetime) -> Iterator[None]:
    """Somebody reads a page at that instant."""
    with app.test_request_context("/"), clock.moved_to(now):
        yield


def plain(words: Markup) -> str:
    return str(words.striptags())


def title(words: Markup) -> str:
    found = re.search(r'title="([^"]*)"', words)
    return html.unescape(found[1]) if found else ""


def at_midnight(zone: str, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
AROUND = st.timedeltas(timedelta(hours=-60), timedelta(hours=60))
SPRING, AUTUMN = datetime(2015, 3, 29, 0, 30, tzinfo=UTC), datetime(2015, 10, 25, 0, 30, tzinfo=UTC)


@given(now=INSTANTS, away=AROUND, zone=st.sampled_from(ZONES))
@example(SPRING, timedelta(hours=24), "Europe/London")
@example(SPRING, timedelta(hours=23), "Europe/London")
@example(AUTUMN, timedelta(hours=24), "Europe/London")
@example(AUTUMN, timedelta(hours=25), "Europe/London")
@example(datetime(2015, 4, 13, 22, 59, 59, tzinfo=UTC), timedelta(seconds=1), "Europe/London")
def test_a_near_moment_is_said_by_the_calendar_of_the_network(
    built_app: Flask, now: datetime, away: timedelta, zone: str
) -> None:
    then = now + away
    here, there = (each.astimezone(ZoneInfo(zone)) for each in (now, then))
    with reading(built_app, now):
        said = pages.moment(then, zone)
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((there.date() - here.date()).days)
        assert plain(said) == (f"{near}, {there:%H:%M}" if near else pages.weekday_date(there.date()))
        assert title(said) == f"{pages.weekday_date(there.date())}, {there:%H:%M} {there:%Z}"


@given(day=st.dates(date(2015, 1, 1), date(2027, 1, 1)), zone=st.sampled_from(ZONES))
@example(date(2015, 3, 29), "Europe/London")
@example(date(2015, 10, 25), "Europe/London")
def test_words_change_at_midnight_where_the_network_is(built_app: Flask, day: date, zone: str) -> None:
    midnight, second = at_midnight(zone, day), timedelta(seconds=1)
    noon = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    for now, moment, whole in (
        (midnight - second, "tomorrow, 12:00", "tomorrow"),
        (midnight, "today, 12:00", "today"),
        (at_midnight(zone, day + timedelta(1)) - second, "today, 12:00", "today"),
        (at_midnight(zone, day + timedelta(1)), "yesterday, 12:00", "yesterday"),
    ):
        with reading(built_app, now):
            assert plain(pages.moment(noon, zone)) == moment
            assert plain(pages.day(day, zone)) == whole
            assert title(pages.day(day, zone)) == pages.weekday_date(day)
            assert plain(pages.last_day(day, zone)) == f"{whole}, {pages.weekday_date(day)}"
    with reading(built_app, midnight - timedelta(days=2)):
        assert plain(pages.day(day, zone, on=True)) == f"on {pages.weekday_date(day)}"


@given(now=INSTANTS, away=AROUND, zone=st.sampled_from(ZONES))
@example(SPRING, timedelta(hours=48), "Europe/London")
@example(SPRING, timedelta(hours=2), "Europe/London")
@example(SPRING, timedelta(), "Europe/London")
@example(SPRING, timedelta(seconds=-1), "Europe/London")
@example(SPRING, timedelta(seconds=59), "Europe/London")
def test_a_deadline_says_its_exact_instant_and_never_more_time_than_there_is(
    built_app: Flask, now: datetime, away: timedelta, zone: str
) -> None:
    then = now + away
    with reading(built_app, now):
        said = plain(pages.deadline(then, zone))
        assert pages.instant_text(then, zone) in said
    left = re.search(r"\(in (?:(\d+) (hour|minute)s?|less than a minute)\)$", said)
    assert (left is not None) == (timedelta() <= away < timedelta(hours=48))
    if left and left[1]:
        unit = timedelta(hours=1) if left[2] == "hour" else timedelta(minutes=1)
        assert int(left[1]) * unit <= away < (int(left[1]) + 1) * unit


@given(
    away=st.timedeltas(timedelta(), timedelta(hours=60)), later=st.timedeltas(timedelta(), timedelta(hours=3))
)
@example(timedelta(hours=28), timedelta())
@example(timedelta(hours=28), timedelta(seconds=1))
@example(timedelta(hours=50), timedelta(hours=3))
def test_a_visitor_s_cached_page_is_shown_until_its_words_change(
    built_app: Flask, away: timedelta, later: timedelta
) -> None:
    """The page's tag names the instant until which the words hold: the same words before it, others after."""
    now = datetime(2015, 4, 13, 1, 0, tzinfo=UTC)
    then = now + away
    with reading(built_app, now):
        first = left_of(pages.deadline(then, "UTC"))
        until = pages.g.words_hold_until
    with reading(built_app, now + later):
        then_said = left_of(pages.deadline(then, "UTC"))
    assert until >= now
    assert (first == then_said) == (now + later <= until)


def left_of(words: Markup) -> str:
    found = re.search(r"\((.*)\)", plain(words))
    return found[1] if found else ""


def test_a_visitor_reads_the_hours_that_are_left_though_nothing_happened(
    app: Flask, client, time: clock.MovedClock
) -> None:
    with app.app_context():
        network = a_network_with_rules()
        proposal = a_proposal(network, builders.a_member(network))
        url = f"/uk/proposals/{proposal.id}"
        closes = db.session.scalars(db.select(ProposalVersion.deadline)).one()
    time.move(to=closes - timedelta(hours=28))
    page = client.get(url)
    assert "(in 28 hours)" in page.text
    asked = {"If-None-Match": page.headers["ETag"]}
    assert client.get(url, headers=asked).status_code == 304
    time.move(timedelta(seconds=1))
    later = client.get(url, headers=asked)
    assert (later.status_code, "(in 27 hours)" in later.text) == (200, True)
    assert client.get(url, headers={"If-None-Match": later.headers["ETag"]}).status_code == 304
    forged = asked["If-None-Match"].split(".")[0] + '.99999999999999999999"'
    assert client.get(url, headers={"If-None-Match": forged}).status_code == 200


def page_templates() -> list[str]:
    """Every template of a page; those of mails say exact dates."""
    found = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
    return [name for name in found if not name.startswith("mail/") or name.startswith("mail/pages/")]


@pytest.fixture(scope="module")
def dated(built_app: Flask) -> frozenset[str]:
    """The names under which tables hold a day or an instant."""
    with built_app.app_context():
        return frozenset(
            column.key
            for mapper in db.Model.registry.mappers
            for column in mapper.columns
            if isinstance(column.type, Date | DateTime)
            or isinstance(getattr(column.type, "impl", None), DateTime)
        ) | {"since", "until", "last_day", "due"}


def said(node: nodes.Node, dated: frozenset[str]) -> Iterator[str]:
    """Dates that reach the page from this expression without a filter that says them."""
    match node:
        case nodes.Filter(name=name) if name in NEAR + EXACT:
            return
        case nodes.Getattr(attr=attr) if attr in dated:
            yield attr
        case nodes.CondExpr():
            for each in (node.expr1, node.expr2):
                if each is not None:
                    yield from said(each, dated)
        case nodes.Compare() | nodes.Test() | nodes.Not() | nodes.Getattr() | nodes.Getitem():
            return
        case nodes.Filter():
            yield from said(node.node, dated) if node.node is not None else ()
        case nodes.Call():
            yield from ()
        case _:
            for each in node.iter_child_nodes():
                yield from said(each, dated)


@pytest.mark.parametrize("name", page_templates())
def test_every_date_on_a_page_is_said_by_a_filter(built_app: Flask, dated: frozenset[str], name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert source.strip()
    raw = re.findall(r"strftime|format_date\w*|isoformat\(\)\s*}}|\.(?:date|time)\(\)", source)
    tree = built_app.jinja_env.parse(source)
    shown = [node for output in tree.find_all(nodes.Output) for node in output.nodes]
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in TAKES_WORDS:
            shown += [*call.args, *(pair.value for pair in call.kwargs if pair.key != "open")]
    bare = {each for node in shown for each in said(node, dated)}
    exact = {each.name for each in tree.find_all(nodes.Filter) if each.name in EXACT}
    assert not raw and not bare
    assert not exact or name in SAYS_EXACTLY


def test_each_exception_is_one() -> None:
    used = {
        name
        for name in page_templates()
        if re.search(r"\|\s*(instant|instant_text|day_text)\b", (TEMPLATES / name).read_text())
    }
    assert used == set(SAYS_EXACTLY)


def test_a_part_that_is_rendered_once_and_kept_has_no_words_that_go_stale() -> None:
    """Neither a kept template nor anything that it takes in says a near date: those come as ready words, among its values."""
    sources = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in page_templates()}
    code = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES.parent / "govnet").rglob("*.py"))
    kept = set(re.findall(r'kept\(\s*"([^"]+\.html)"', code + "".join(sources.values())))
    assert len(kept) > 5
    seen: set[str] = set()
    while new := kept - seen:
        seen |= new
        for name in new:
            kept |= set(re.findall(r'(?:include|from|import|extends) "([^"]+)"', sources[name]))
    stale = {
        name: found for name in seen if (found := re.findall(rf"\|\s*({'|'.join(NEAR)})\b", sources[name]))
    }
    assert not stale
