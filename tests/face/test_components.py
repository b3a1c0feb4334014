"""The pieces every page is built from say in words what they draw, and never trust what people typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional

TEMPLATES = Path(__file__).parents[2] / "templates"
TALLY = [("agree", "agree", 31), ("worry", "with a worry", 6), ("stop", "stop", 1), ("none", "no view", 0)]
ANSWERS = [SelectChoice("agree", "Agree"), SelectChoice("stop", "Stop")]
CRITERIA = [SelectChoice("a", "First"), SelectChoice("b", "Second")]


class AnswerForm(FlaskForm):
    title = StringField("Title", validators=[DataRequired("Enter a title for the proposal")])
    answer = RadioField("Your answer", choices=ANSWERS, validators=[InputRequired("Choose your answer")])
    criteria = SelectMultipleField("What members agree to", choices=CRITERIA)
    reason = TextAreaField("Why", validators=[Optional()])
    code = BooleanField("I keep to the code")


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.jinja_env.undefined = StrictUndefined
    app.config.update(SECRET_KEY="of a test", TESTING=True)
    Babel(app)
    CSRFProtect(app)
    return app


@pytest.fixture(autouse=True)
def request_to(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", method="POST"):
        yield


def draw(app: Flask, file: str, call: str, **context: object) -> str:
    name = re.match(r"\w+", call)
    assert name
    source = f'{{% from "components/{file}.html" import {name[0]} %}}{{{{ {call} }}}}'
    return app.jinja_env.from_string(source).render(**context)


def test_a_bar_leaves_room_for_those_who_have_not_answered(app: Flask) -> None:
    html = draw(app, "tally", "bar(parts, 124, 'Answers so far')", parts=TALLY)
    rects = re.findall(r'class="k-\w+" x="([\d.]+)" y="0" width="([\d.]+)" height="20"', html)
    ends = [float(x) + float(width) for x, width in rects]
    assert len(rects) == 3, "nobody had no view, so nothing is drawn for it"
    assert ends == sorted(ends)
    assert ends[-1] == pytest.approx(38 / 124 * 1000, abs=4)


def test_a_reader_who_cannot_see_the_bar_hears_the_same_numbers(app: Flask) -> None:
    html = draw(app, "tally", "bar(parts, 124, 'Answers so far', words=false)", parts=TALLY)
    assert 'aria-label="Answers so far: 31 agree, 6 with a worry, 1 stop"' in html


def test_a_bar_of_a_proposal_nobody_answered_says_so(app: Flask) -> None:
    assert "nobody yet" in draw(app, "tally", "bar([], 0, 'Answers so far')")


def test_a_bar_never_runs_over_its_end_when_more_answered_than_were_asked(app: Flask) -> None:
    html = draw(app, "tally", "bar([('agree', 'agree', 9)], 3, 'Answers')")
    assert 'width="997.0"' in html


def test_progress_shows_four_numbers(app: Flask) -> None:
    parts = [
        ("done", "handed over", 1412),
        ("trying", "trying again", 7),
        ("failed", "failed", 3),
        ("waiting", "waiting", 218),
    ]
    html = draw(app, "tally", "progress(parts, 1640, 'Sending')", parts=parts)
    assert re.findall(r"<strong>([\d,]+)</strong>", html) == ["1,412", "7", "3", "218"]


def test_each_line_of_the_error_summary_leads_to_its_field(app: Flask) -> None:
    form = AnswerForm(MultiDict(), meta={"csrf": False})
    form.validate()
    page = draw(app, "forms", "error_summary(form)", form=form)
    page += draw(app, "forms", "field(form.title)", form=form)
    page += draw(app, "forms", "answers(form.answer)", form=form)
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets == ["title", "answer-0"]
    assert all(f'id="{target}"' in page for target in targets)


def test_a_form_without_errors_has_no_error_summary(app: Flask) -> None:
    assert draw(app, "forms", "error_summary(form)", form=AnswerForm(meta={"csrf": False})).strip() == ""


def test_a_field_with_an_error_is_described_by_its_hint_and_its_error(app: Flask) -> None:
    form = AnswerForm(MultiDict(), meta={"csrf": False})
    form.validate()
    html = draw(app, "forms", "field(form.title, hint='One sentence')", form=form)
    assert 'aria-describedby="title-hint title-error"' in html
    assert 'aria-invalid="true"' in html


def test_ticked_boxes_are_still_ticked_when_the_form_comes_back(app: Flask) -> None:
    sent = MultiDict([("answer", "stop"), ("criteria", "b"), ("reason", "<b>because</b>"), ("code", "y")])
    form = AnswerForm(sent, meta={"csrf": False})
    html = draw(app, "forms", "answers(form.answer, {'stop': 'Say why'})", form=form)
    assert re.search(r'value="stop"\s+checked', html)
    assert not re.search(r'value="agree"\s+checked', html)
    assert re.search(r'value="b"\s+checked', draw(app, "forms", "choices(form.criteria)", form=form))
    assert "&lt;b&gt;because&lt;/b&gt;" in draw(app, "forms", "field(form.reason)", form=form)
    assert "checked" in draw(app, "forms", "field(form.code)", form=form)


def test_a_title_with_markup_in_it_stays_text(app: Flask) -> None:
    html = draw(app, "rows", "row('<script>', '/x', meta='<i>')")
    assert "<script>" not in html
    assert "<i>" not in html


def test_a_hidden_post_shows_the_reason_and_not_the_text(app: Flask) -> None:
    source = (
        '{% from "components/post.html" import post %}'
        '{% call post(3, "Asha", "Fri 8 May", "/t#3", hidden="Hidden by two of the committee") %}'
        "secret{% endcall %}"
    )
    html = app.jinja_env.from_string(source).render()
    assert "Hidden by two of the committee" in html
    assert "secret" not in html


def test_each_part_of_a_rule_says_whether_it_is_met(app: Flask) -> None:
    parts = [(True, "13 answered", ""), (False, "nobody stops it", ""), (None, "open for a week", "")]
    html = draw(app, "lists", "rule_parts(parts)", parts=parts)
    assert re.findall(r"<strong>([^<]+)</strong>", html) == ["Met:", "Not met:", "Not yet:"]


def test_a_button_that_changes_something_carries_a_token(app: Flask) -> None:
    html = draw(app, "actions", "post_button('/follow', 'Follow', 'bell', pressed=true)")
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', html)
    assert 'aria-pressed="true"' in html


def test_every_icon_that_the_list_promises_can_be_drawn(app: Flask) -> None:
    listed = (TEMPLATES.parent / "docs" / "components.md").read_text(encoding="utf-8")
    found = re.search(r"Names: ([a-z \n-]+)", listed)
    assert found
    for name in found[1].split():
        assert "<path" in draw(app, "icons", f"icon('{name}')")
