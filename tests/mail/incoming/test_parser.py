"""The content of mails that strangers wrote."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.incoming.parser import own_lines, read


def a_mail(text="Yes\n", **fields):
    mail = EmailMessage()
    for name, value in {"From": "Ada <Ada@Example.org>", "Subject": "Re: Still?", **fields}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def test_a_plain_mail_is_read():
    found = read(
        a_mail("Yes\r\n", Date="Mon, 13 Apr 2015 10:00:00 +0100", Message_ID="<1@example.org>").as_bytes()
    )
    assert (found.sender, found.sender_name, found.subject) == ("ada@example.org", "Ada", "Re: Still?")
    assert (found.message_id, found.text, found.automatic) == ("<1@example.org>", "Yes", "")
    assert found.sent_at.isoformat() == "2015-04-13T09:00:00+00:00"


def test_of_a_mail_with_both_the_plain_text_counts_and_of_html_alone_its_words():
    mail = a_mail("Plain\n")
    mail.add_alternative("<p>Rich</p>", subtype="html")
    assert read(mail.as_bytes()).text == "Plain"
    mail = a_mail()
    mail.set_content(
        "<style>p{}</style><p>Yes &amp; thanks</p><div>Ada<br>Bo</div><script>x</script>", subtype="html"
    )
    assert read(mail.as_bytes()).text == "Yes & thanks\nAda\nBo"


def test_a_file_that_is_attached_is_no_text():
    mail = a_mail("Yes\n")
    mail.add_attachment("No\n", filename="no.txt")
    assert read(mail.as_bytes()).text == "Yes"


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List-Id": "<a.example.org>"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
    ],
)
def test_a_mail_from_a_machine_is_recognised(fields):
    assert read(a_mail(**fields).as_bytes()).automatic == next(iter(fields))


def test_a_mail_that_goes_round_is_from_a_machine():
    assert read(b"Received: by x\n" * 50 + b"From: a@example.org\n\nYes").automatic == "Received"
    assert read(b"Received: by x\n" * 49 + b"From: a@example.org\nAuto-Submitted: no\n\nYes").automatic == ""


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        (b"From: ada@example.org", "ada@example.org"),
        (b'From: "Lovelace, Ada" <ada@example.org>', "ada@example.org"),
        (b"From: =?utf-8?q?bo=40example=2Eorg?= <ada@example.org>", "ada@example.org"),
        (b"From: ada@example.org, bo@example.org", ""),
        (b"From: ada@example.org\nFrom: bo@example.org", ""),
        (b"From: Ada", ""),
        (b"Sender: ada@example.org", ""),
    ],
)
def test_the_sender_is_the_one_address_in_from(written, sender):
    assert read(written + b"\n\nYes").sender == sender


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\xff\xfe",
        b"From: \xff@\xff\nDate: yesterday\nContent-Type: text/plain; charset=klingon\n\n\xff\0",
        b"Subject: =?utf-8?b?!!!?= =?x?q?y?=\nContent-Transfer-Encoding: base64\n\n!!!",
        b"Date: Mon, 99 Apr 99999999 10:00:00 +9999\n\nx",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 2000 + b"x",
        b"Content-Type: message/rfc822\n\n" * 3000 + b"x",
    ],
)
def test_bytes_that_are_hardly_a_mail_are_read_as_far_as_they_go(raw):
    found = read(raw)
    assert "\0" not in found.text
    (found.text + found.subject + found.sender).encode()


@given(st.binary(max_size=400))
def test_nothing_makes_reading_fail(raw):
    read(b"From: a@example.org\nSubject: " + raw)
    read(raw)


def test_a_field_of_a_million_brackets_is_no_sender():
    assert (
        read(b"From: " + b"(" * 500_000 + b"a@example.org\nSubject: " + b"=?" * 500_000 + b"\n\nx").sender
        == ""
    )
    assert read(b"Content-Type: text/html\n\n" + b"<br " * 200_000).text == ""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Yes\n\nOn Mon, 13 Apr 2015 we wrote:\n> Are you?\n> Still?", ["Yes"]),
        ("On Mon, 13 Apr 2015 we wrote:\n> Are you?\n\nYes", ["Yes"]),
        (
            "Yes\nOn Mon, 13 April 2015 at 10:00, The UK network via govnet\n<govnet@example.org> wrote:\n> Are you?",
            ["Yes"],
        ),
        ("Ar Llu 13 Ebr 2015, ysgrifennodd y rhwydwaith:\n> Wyt ti?\n\nIe", ["Ie"]),
        ("> Are you?\nYes", ["Yes"]),
        ("I say:\nYes", ["I say:", "Yes"]),
        ("Yes\nwe wrote:\n> Are you?", ["Yes"]),
        ("", []),
    ],
)
def test_a_quotation_and_its_heading_are_not_the_sender_s_text(text, lines):
    assert own_lines(text) == lines
