"""Typed values in forms."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask_wtf.file import FileField
from wtforms import HiddenField

from govnet.web.days import Day
from govnet.web.forms import Form, MarkdownField, Text


class EverythingForm(Form):
    """Fields of every sort that reads what was typed."""

    title = Text("Title", missing="Enter a title")
    body = MarkdownField("Text", missing="Write something")
    note = Text("Note")
    day = Day("Day")
    seen = HiddenField()
    file = FileField("File")


@pytest.fixture
def sent(app):
    """The form with a file in each field."""
    names = ("title", "body", "note", "day", "seen", "file")
    files = {name: (BytesIO(b"words"), "x.txt") for name in names}
    with app.test_request_context("/", method="POST", data=files, content_type="multipart/form-data"):
        yield EverythingForm(meta={"csrf": False})


def test_a_file_in_a_field_for_words_counts_as_nothing_typed(sent):
    assert not sent.validate()
    assert sent.errors == {"title": ["Enter a title"], "body": ["Write something"]}
    assert not any((sent.title.data, sent.body.data, sent.note.data, sent.day.data, sent.seen.data))


def test_an_upload_is_taken_where_the_form_has_a_file(sent):
    assert sent.file.data.read() == b"words"


def test_a_fresh_form_on_the_page_that_answers_another_makes_one_thing_too(app):
    with app.test_request_context("/", method="POST", data={"body": "Words"}):
        fresh = EverythingForm(formdata=None, meta={"csrf": False}, data={"body": "Kept"})
        assert fresh.form_key.data
        assert fresh.form_key.data == fresh.key
