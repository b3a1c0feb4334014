"""Subjects of mails are whole: the fullest form that fits, and for every mail a form that always does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import nodes

from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel.text import LONGEST_TITLE
from govnet.kernel.transaction import transaction
from govnet.mail.subjects import LONGEST_SUBJECT, fits, headed, short_day, shorten
from tests import builders
from tests.forum.made import a_thread, a_topic
from tests.pages import opened

TEMPLATES = Path("templates/mail")
MAILS = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.glob("*/*.txt")
    if "block subject" in path.read_text()
)
AT_MOST = {
    "title": LONGEST_TITLE, "question": LONGEST_TITLE, "subject": 110, "number": 12, "headline": 24, "time": 28,
    "day_text": len("Wed 30 Sep 2026"), "instant_text": len("Wed 30 Sep 2026, 18:00 GMT+5:30"),
}  # fmt: skip
"""The most letters of what stands in subjects. Names of people, places and networks are not bounded by less than 200."""


def last_forms(part: nodes.Node) -> Iterator[nodes.Node]:
    """The shorter forms of a subject, once for each case that the template distinguishes."""
    if isinstance(part, nodes.CondExpr):
        yield from last_forms(part.expr1)
        if part.expr2 is not None:
            yield from last_forms(part.expr2)
    elif isinstance(part, nodes.Call) and part.node.name == "fits":
        yield from last_forms(part.args[-1])
    elif isinstance(part, nodes.Call) and part.node.name == "headed":
        yield part.args[0]
    else:
        yield part


def longest(form: nodes.Node) -> int:
    """How many letters it has at the most."""
    if isinstance(form, nodes.Const):
        return len(form.value)
    if isinstance(form, nodes.Call) and form.node.name == "_":
        values = {each.key: longest(each.value) for each in form.kwargs}
        return len(form.args[0].value % dict.fromkeys(values, "")) + sum(values.values())
    name = form.node.name if isinstance(form, nodes.Call) else form.name if isinstance(form, nodes.Filter) else (
        form.attr if isinstance(form, nodes.Getattr) else form.name
    )  # fmt: skip
    return AT_MOST.get(name, 200)


@pytest.mark.parametrize("mail", MAILS)
def test_every_mail_has_a_subject_that_is_shown_whole(app: Flask, mail: str) -> None:
    tree = app.jinja_env.parse((TEMPLATES / mail).read_text())
    (block,) = (each for each in tree.find_all(nodes.Block) if each.name == "subject")
    forms = [
        form
        for output in block.find_all(nodes.Output)
        for part in output.nodes
        if not isinstance(part, nodes.TemplateData)
        for form in last_forms(part)
    ]
    assert forms
    for form in forms:
        assert longest(form) <= LONGEST_SUBJECT, f"give {mail} a shorter form with fits() or headed(): {form}"


def test_the_fullest_form_that_fits_is_taken(context: None) -> None:
    heads = ("Your answer by Fri 15 May 2015, 18:00 BST", "Answer by Fri 15 May")
    assert headed("Nine places?", *heads) == "Your answer by Fri 15 May 2015, 18:00 BST: Nine places?"
    assert headed("q" * 98, *heads) == "Answer by Fri 15 May: " + "q" * 98
    assert headed("q" * 99, *heads) == "q" * 99
    assert fits("a" * 121, "a" * 120, "a") == "a" * 120
    assert fits("a\u200b" * 100, "a") == "a\u200b" * 100, "characters that no subject carries are not counted"


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (datetime(2015, 5, 15, 17, tzinfo=UTC), "Fri 15 May"),
        (datetime(2015, 5, 15, 23, tzinfo=UTC), "Fri 15 May"),
        (datetime(2015, 5, 15, 23, 30, tzinfo=UTC), "Sat 16 May"),
    ],
)
def test_a_deadline_at_midnight_ends_the_day_before(context: None, deadline: datetime, said: str) -> None:
    assert short_day(deadline, "Europe/London") == said


def test_a_subject_from_before_titles_were_bounded_is_cut_at_a_word() -> None:
    cut = shorten("Your answer " * 30)
    assert len(cut) <= 120
    assert cut.endswith(("answer …", "Your …"))


@pytest.mark.parametrize("before", ["", "Re: ", "Discussion: a very "])
def test_a_long_word_is_cut_itself_and_the_text_before_it_stays(before: str) -> None:
    cut = shorten(before + "a" * 200)
    assert cut == before + "a" * (119 - len(before)) + "…"
    assert shorten("a" * 120) == "a" * 120


def test_the_values_that_a_thread_brings_into_a_form_fit_there(app: Flask, client: FlaskClient) -> None:
    """A question longer than a title leaves the place to the thread's title."""
    with app.app_context():
        uk = builders.a_network()
        ann = builders.a_member(uk, "Ann Example")
        thread = a_thread(a_topic(uk, "Membership"), ann, title="Who belongs?")
        with transaction():
            db.session.get_one(Thread, thread.id).question = "q" * 300
        builders.sign_in(client, ann)
        address = f"thread={thread.id}"
    for form in ("proposals/new?matter=statement&", "letters/new?"):
        page = opened(client, f"/uk/{form}{address}")
        assert "Who belongs?" in [field["value"] for each in page.forms for field in each["fields"]]
