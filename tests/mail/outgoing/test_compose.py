"""A mail's bytes: right on the wire, the same body for everybody."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govnet.mail.headers import Address, BadHeader
from govnet.mail.message import (
    LARGEST_BODY,
    Envelope,
    ListFields,
    MailKind,
    MailMessage,
    build,
    flowed,
    personalise,
)
from govnet.mail.outgoing.body_blocks import HtmlParts, TextParts

HOME = ListFields(
    "uk.example.org", "UK Network, 2015", "https://example.org/uk", "https://example.org/uk/mail"
)
LETTER = MailMessage(
    kind=MailKind.NOTICE,
    sender=Address("govnet@example.org", "Ann Example via UK Network"),
    subject="Re: Who may join?",
    text="Ann answered:\n\n    Let anybody join.\n\nhttps://example.org/uk/forum/41\n",
    html='<!doctype html><html lang="en"><body><p>Ann answered: Let anybody join.</p></body></html>',
    date=datetime(2015, 5, 15, 17, 0, 0, 5, tzinfo=UTC),
    list=HOME,
    thread="<thread-41.uk@example.org>",
)
BOB = Envelope(
    to=Address("bob@example.org", "Bob"),
    message_id="<1.abc@example.org>",
    reply_to=Address("contact@example.org"),
    unsubscribe=(
        "https://example.org/mail/leave/abc",
        "mailto:contact@example.org?subject=unsubscribe%20abc",
    ),
)


def mail(letter=LETTER, envelope=BOB):
    raw = personalise(build(letter), envelope)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        assert not part.defects
    return raw, message


def test_the_body_is_the_same_to_the_byte_for_everybody():
    template = build(LETTER)
    carol = replace(BOB, to=Address("carol@example.org"), message_id="<2.def@example.org>")
    bodies = {personalise(template, one).partition(b"\r\n\r\n")[2] for one in (BOB, carol)}
    assert bodies == {template.body}


def test_a_mail_names_its_reader_alone():
    _, message = mail()
    assert message["To"] == "Bob <bob@example.org>"
    assert message["Cc"] is None
    assert message["Bcc"] is None


def test_text_comes_first_and_html_last():
    _, message = mail()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@given(st.text(max_size=600))
@settings(deadline=None)
def test_any_text_fits_the_wire(text):
    raw, _ = mail(replace(LETTER, text=text, html=f"<p>{text}"))
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\r\n.\r\n" not in raw
    assert b"\r\nFrom " not in raw


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z", "Cs"]), min_size=1), min_size=1
    )
)
@settings(deadline=None)
def test_no_word_is_lost_in_wrapping(words):
    _, message = mail(replace(LETTER, text=" ".join(words)))
    shown = message.get_body(("plain",)).get_content()
    assert shown.split() == words


def test_long_lines_wrap_softly_and_addresses_stay_whole():
    address = "https://example.org/" + "a" * 100
    text = flowed("word " * 40 + address + "\n> " + "quoted " * 20)
    lines = text.split("\n")
    assert address in lines
    assert all(len(line) <= 73 for line in lines if address not in line and not line.startswith(">"))
    assert lines[0].endswith(" ")
    assert not lines[-1].endswith(" ")


def test_a_notice_says_that_a_machine_wrote_it_and_how_to_leave():
    _, message = mail()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == '"UK Network, 2015" <uk.example.org>'
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://example.org/mail/leave/abc>, <mailto:")
    assert message["List-Post"] == "NO"
    assert message["In-Reply-To"] == message["References"] == "<thread-41.uk@example.org>"


def test_an_announcement_is_list_mail_that_a_person_wrote():
    _, message = mail(replace(LETTER, kind=MailKind.LIST, subject="News", thread=None))
    assert message["Precedence"] == "list"
    assert message["Auto-Submitted"] is None
    assert message["List-Archive"] == "<https://example.org/uk>"


def test_a_sign_in_link_carries_no_list_fields():
    envelope = Envelope(to=BOB.to, message_id=BOB.message_id)
    _, message = mail(replace(LETTER, kind=MailKind.PERSONAL, thread=None), envelope)
    assert not [name for name in message if name.lower().startswith("list-")]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] is None


def test_the_date_has_its_zone():
    summer = timezone(timedelta(hours=1))
    _, message = mail(replace(LETTER, date=datetime(2015, 5, 15, 18, tzinfo=summer)))
    assert message["Date"] == "Fri, 15 May 2015 18:00:00 +0100"
    with pytest.raises(BadHeader):
        build(replace(LETTER, date=LETTER.date.replace(tzinfo=None)))


def test_a_mail_that_is_too_large_is_refused_before_it_is_queued():
    with pytest.raises(ValueError, match="bytes"):
        build(replace(LETTER, html="<p>" + "word " * (LARGEST_BODY // 4)))


def test_a_list_id_must_look_like_a_domain():
    with pytest.raises(BadHeader):
        build(replace(LETTER, list=replace(HOME, id="uk")))


def test_html_is_not_wrapped_or_changed():
    _, message = mail(replace(LETTER, html="<p>é" + "x" * 3000 + " = &amp;</p>"))
    assert message.get_body(("html",)).get_content().strip() == "<p>é" + "x" * 3000 + " = &amp;</p>"
    assert re.fullmatch(r'multipart/alternative; boundary="=_[0-9a-f]{40}"', message["Content-Type"])


def test_a_picture_in_a_person_s_text_is_a_link_in_a_mail_and_its_address_in_plain_text():
    wrote = "See ![the hall](https://example.org/a.png)"
    assert '<a href="https://example.org/a.png"' in HtmlParts().words(wrote)
    assert "<img" not in HtmlParts().words(wrote)
    assert "the hall" in TextParts().words(wrote)
    assert "https://example.org/a.png" in TextParts().words(wrote)
