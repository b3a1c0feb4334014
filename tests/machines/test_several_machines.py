"""Two webs, three workers, PostgreSQL and Redis: one after the other is lost while people go on, and nothing else is."""

from __future__ import annotations

import json
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.house import until
from tests.machines.machines import HOST, TOKEN, Site, Web
from tests.machines.run import STILL, Run, address
from tests.machines.visitors import Balancer, form_of
from tests.pages import defaults

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("new_database")]
ASKED = 300
A_MAIL = 0.05
"""Seconds that the mail server takes for one of the mailing."""
IN_HAND = 20
"""Mails of one connection that a killed worker may have handed over and not written down."""
AROUND = 3.0
"""Seconds before a worker's end in which it took what it did not write down."""
AWAY = 7.0
"""Seconds without PostgreSQL; the lease of a mail in hand is a little over five, by MAIL_TIMEOUT."""
AT_MOST = 360
"""Seconds for all of it, on a machine that does other things too."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """All of it, ended whatever happens."""

    def too_long(*_signal: object) -> None:
        raise AssertionError(f"not done after {AT_MOST} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(AT_MOST)
    made = Site(tmp_path)
    try:
        made.open()
        yield made
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        made.close()


def of_the_mailing(run: Run) -> int:
    """How many people have got theirs: what a killed worker sent twice counts once."""
    return len({one.to for one in run.site.post.about(STILL) if one.to.startswith("asked")})


def a_worker_is_killed_in_a_mailing(run: Run) -> None:
    """With mail in hand; it is started again."""
    until(lambda: of_the_mailing(run) > ASKED // 10, "the mailing to begin")
    worker = run.site.workers[0]
    assert run.site.post.twice() == []
    worker.kill()
    run.killed.append(time.monotonic())
    run.figures["killed in the mailing at"] = of_the_mailing(run)
    worker.start()


def a_web_is_killed_while_people_write(run: Run) -> None:
    """The other one answers them, and what broke off is sent to it."""
    web = run.site.webs[0]
    until(lambda: run.balancer.writing[web.name], "somebody to write")
    web.kill()
    run.goes_on("with one web")
    web.start()
    web.until_it_listens()


def postgresql_restarts(run: Run, how: str) -> None:
    """Under load; how many seconds nothing was read or saved."""
    before = time.monotonic()
    run.site.cluster.control("restart", "-m", how)
    run.goes_on(f"after a restart ({how})")
    moments = sorted(at for at in run.balancer.well_at if at >= before - 1)
    run.figures[f"seconds without a page, {how}"] = round(max(b - a for a, b in pairwise(moments)), 2)


def postgresql_is_away(run: Run) -> None:
    """For longer than a sender has mail in hand, and until everybody sees it."""
    before, began = len(run.balancer.away_at), time.monotonic()
    run.site.cluster.control("stop", "-m", "immediate")
    until(
        lambda: (
            run.nothing_wrong()
            and len(run.balancer.away_at) >= before + 12
            and time.monotonic() > began + AWAY
        ),
        "people to see that it is away",
    )
    run.site.cluster.control("restart")  # which starts it with the same options
    back = time.monotonic()
    run.goes_on("after PostgreSQL was away")
    run.figures["seconds till back"] = round(next(at for at in run.balancer.well_at if at > back) - back, 2)


def ready(web: Web) -> dict[str, Any]:
    """The answer of a machine to monitors."""
    asked = urllib.request.Request(f"http://127.0.0.1:{web.port}/readyz", headers={"Host": HOST})
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


def numbers(web: Web) -> bytes:
    """The numbers of a machine for Prometheus."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{web.port}/metrics", headers={"Host": HOST, "Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return bytes(answer.read())


def redis_goes_and_comes(run: Run) -> None:
    """Each web counts for itself meanwhile."""
    run.site.redis.stop()
    run.goes_on("without Redis")
    assert all("redis" in ready(web)["look_at"] for web in run.site.webs)
    run.site.redis.start()
    until(lambda: not any("redis" in ready(web)["look_at"] for web in run.site.webs), "Redis to count again")
    run.goes_on("with Redis again")


def machines_lose_their_folders(run: Run) -> None:
    """A web, after somebody removed their name by it, and a worker; both are started anew with nothing."""
    gone = run.browsers[7]
    answer = gone.sends("/me/remove-my-name", {"word": "remove"})
    assert answer.status == 303, answer.words
    web, worker = next(one for one in run.site.webs if one.name == answer.by), run.site.workers[1]
    listed = web.folder / "erasures.jsonl"
    until(listed.exists, "the erasure on that machine's list")
    for machine in (web, worker):
        shutil.rmtree(machine.folder)
    run.goes_on("on machines that lost their disk")
    assert b"govnet_database_up 1.0" in numbers(web)
    for machine in (web, worker):
        machine.kill()
        machine.start()
    run.killed.append(time.monotonic())
    web.until_it_listens()
    assert len(listed.read_text().splitlines()) >= 1
    run.goes_on("after two machines lost their folders")
    assert run.site.rows("SELECT count(*) FROM person WHERE erased_at IS NOT NULL AND name = ''") == [(1,)]
    assert run.site.rows("SELECT count(*) FROM person_email WHERE address = 'member7@example.org'") == [(0,)]


def what_was_told_is_there(run: Run) -> None:
    """All that people were told was saved, once; all that they only tried, at most once."""
    posts = Counter(str(row[0]) for row in run.site.rows("SELECT source FROM post"))
    for writer in run.writers:
        assert [body for body in writer.saved if posts[body] != 1] == []
        assert [body for body in writer.sent if posts[body] > 1] == []
    for voter in run.voters:
        page = voter.browser.opened(run.proposal)
        assert defaults(form_of(page, {"answer"}, "/answer"))["answer"] == voter.last


def everybody_has_the_mails_that_were_due(run: Run) -> None:
    """Each once, but for those that a killed worker had in hand."""
    post, twice = run.site.post, run.site.post.twice()
    run.figures |= {"mails": len(post.taken), "twice": len(twice)}
    in_hand = {at: [one for one in twice if at - AROUND < one.at < at + 1] for at in run.killed}
    assert [one for one in twice if not any(one in some for some in in_hand.values())] == []
    assert max(map(len, in_hand.values())) <= IN_HAND
    letters = Counter(to for _id, to in {one.letter for one in post.about(STILL)})
    assert {to: letters[to] for to in (address("Asked", n) for n in range(ASKED)) if letters[to] != 1} == {}
    for to, asked in run.newcomers.asked.items():
        links = {one.message_id for one in post.to(to, "Your link to sign in")}
        assert 1 <= len(links) <= asked
    states = run.site.rows("SELECT state, count(*) FROM delivery GROUP BY state")
    assert {state for state, _many in states} == {"accepted"}, states
    assert sum(int(str(many)) for _state, many in states) + len(twice) == len(post.taken)


def all_is_well(site: Site) -> None:
    """By what the machines say of themselves."""
    until(
        lambda: not site.rows("SELECT duty, thing, error FROM duty_failure"), "no duty to fail any more", 70
    )
    until(lambda: site.workers_alive() == 3, "three workers")
    web = site.webs[0]
    web.command("backup", str(site.folder / "backup.tar.gz"))
    assert "whole" in web.command("verify")
    said = web.command("doctor")
    assert "LOOK" not in said, said
    assert "3 at work" in said


def test_nothing_is_lost_while_one_after_the_other_goes_down(site: Site) -> None:
    began = time.monotonic()
    run = Run(site, Balancer(site))
    run.founded()
    for machine in (*site.webs, *site.workers):
        machine.start()
    for web in site.webs:
        web.until_it_listens()
    run.everybody_comes()
    until(lambda: site.workers_alive() == 3, "three workers")
    run.figures["seconds until people are there"] = round(time.monotonic() - began)
    site.post.seconds = A_MAIL
    run.bring_in("Asked", ASKED)
    a_worker_is_killed_in_a_mailing(run)
    a_web_is_killed_while_people_write(run)
    postgresql_restarts(run, "fast")
    postgresql_restarts(run, "immediate")
    postgresql_is_away(run)
    run.figures["of the mailing, after that"] = of_the_mailing(run)
    redis_goes_and_comes(run)
    machines_lose_their_folders(run)
    run.figures["seconds until all was lost and found"] = round(time.monotonic() - began)
    run.everybody_leaves()
    until(lambda: of_the_mailing(run) >= ASKED, "all mails of the mailing", 130)
    site.until_nothing_waits(130)
    what_was_told_is_there(run)
    everybody_has_the_mails_that_were_due(run)
    all_is_well(site)
    run.figures |= {
        "answers": dict(run.balancer.said),
        "broken off": run.balancer.lost,
        "saved": run.saved(),
        "signed in": run.newcomers.done,
        "slowest sign-in mail": round(max(run.newcomers.waited), 1),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(run.figures))
