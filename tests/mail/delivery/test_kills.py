"""The sender killed in the middle of its work, again and again: nobody is left out, hardly anybody is written to twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time as wall
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from govnet.demo.caught import caught
from govnet.extensions import db
from govnet.kernel.transaction import let_go, transaction
from govnet.mail import queries, sweep
from govnet.mail.delivery import sender
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import News
from tests import builders
from tests.mail.conftest import say
from tests.mailbox import mailbox

pytestmark = pytest.mark.usefixtures("context")
ROOT = Path(__file__).parents[3]
PEOPLE = 300
KILLS = 4
LEASE = timedelta(seconds=20)


@contextmanager
def a_worker(app):
    """`govnet worker` as a process of its own, on the test's database and mail server; gone afterwards."""
    process = _start(app)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _start(app):
    settings = app.extensions["mail"]
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "GOVNET_DATA": app.config["DATA_DIR"],
        "MAIL_PORT": str(settings.port),
        "MAIL_TIMEOUT": str(LEASE.total_seconds() / sender.STEPS),
    }
    words = [sys.executable, "-m", "govnet", "worker"]
    return subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def count(folder):
    return sum(1 for _ in caught(folder))


def wait_for(folder, number, process):
    """Until so many mails have come, or the process has nothing more to send."""
    until = wall.monotonic() + 60
    while count(folder) < number and wall.monotonic() < until:
        assert process.poll() is None, process.stdout.read().decode()
        wall.sleep(0.01)


@pytest.fixture
def waiting(teller, time):
    """Many people wait for a mail; the clock is the real one, as the worker's is."""
    time.move(to=datetime.now(UTC))
    network = builders.a_network()
    with transaction():
        people = [builders.a_person(f"P{n}", email=f"p{n}@example.org").id for n in range(PEOPLE)]
    teller.tells(news=News.ANNOUNCEMENT, people=people)
    say(network, builders.a_person("Somebody"))
    distribution.run()
    return db.session.scalars(select(Mail.id)).one()


def finish(time):
    """The rest from the last worker, once its lease is over."""
    let_go()  # what this process read before the worker wrote
    time.move(to=datetime.now(UTC) + LEASE + timedelta(seconds=1))
    sweep.run()
    while sender.run():
        pass


def test_a_sender_killed_again_and_again_loses_nothing_and_doubles_at_most_what_was_in_hand(
    app, waiting, time, tmp_path
):
    with mailbox(app, tmp_path) as box:
        for kill in range(1, KILLS + 1):
            with a_worker(app) as process:
                wait_for(tmp_path, kill * PEOPLE // (KILLS + 2), process)
                process.send_signal(signal.SIGKILL)
        so_far = count(tmp_path)
        assert so_far < PEOPLE, "the worker was never killed in the middle"
        finish(time)
        mails = box.mails()
    sent = Counter((mail["X-Envelope-To"], mail["Message-ID"]) for mail in mails)
    people = {to for to, _ in sent}
    assert len(people) == PEOPLE, "somebody was left out"
    assert len(sent) == PEOPLE, "a mail went again under another Message-ID"
    assert sum(sent.values()) - PEOPLE <= KILLS * sender.IN_HAND
    assert max(sent.values()) <= 2, "a mail with which a sender died went with others again"
    found = queries.progress([waiting])
    assert (found.audience, found.handed_over) == (PEOPLE, PEOPLE)
    assert not db.session.scalars(select(Delivery).where(Delivery.state != DeliveryState.ACCEPTED)).all()


def test_a_worker_asked_to_end_finishes_the_mail_in_hand_and_leaves_no_lease(app, waiting, time, tmp_path):
    with mailbox(app, tmp_path) as box:
        with a_worker(app) as process:
            wait_for(tmp_path, 20, process)
            process.terminate()
            process.wait(30)
        assert process.returncode == 0
        sent = count(tmp_path)
        let_go()
        states = Counter(db.session.scalars(select(Delivery.state)))
        assert states == {DeliveryState.ACCEPTED: sent, DeliveryState.QUEUED: PEOPLE - sent}
        finish(time)
        assert Counter(m["Message-ID"] for m in box.mails()).most_common(1)[0][1] == 1


def test_two_workers_share_the_work_and_nobody_gets_it_twice(app, waiting, time, tmp_path):
    with mailbox(app, tmp_path) as box:
        with a_worker(app) as first, a_worker(app) as second:
            wait_for(tmp_path, PEOPLE, first)
            for process in (first, second):
                process.terminate()
                process.wait(30)
        sent = Counter(mail["Message-ID"] for mail in box.mails())
    assert len(sent) == PEOPLE
    assert set(sent.values()) == {1}


def test_people_who_write_on_the_site_get_in_while_a_worker_sends(app, waiting, time, tmp_path):
    with mailbox(app, tmp_path), a_worker(app) as process:
        wait_for(tmp_path, 10, process)
        for _ in range(15):
            with transaction(patience=1.0):
                mail = db.session.get_one(Mail, waiting)
                mail.contact = None if mail.contact else "contact@example.org"
        assert count(tmp_path) < PEOPLE, "the worker was done before anybody wrote"
