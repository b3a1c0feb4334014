"""Mails made to cost time, to break the reader, or to lose themselves: none does, and their sender is still known."""

from __future__ import annotations

import ast
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.incoming import mime, parser

NELL = b"From: Nell Found <nell@example.org>\nSubject: Re: Still?\n"


def multipart(*parts: bytes, kind: bytes = b"mixed", mark: bytes = b"B") -> bytes:
    inside = b"".join(b"--" + mark + b"\n" + part + b"\n" for part in parts)
    return (
        b"Content-Type: multipart/" + kind + b"; boundary=" + mark + b"\n\n" + inside + b"--" + mark + b"--\n"
    )


HOSTILE = {
    "a field of 400,000 parameters": (NELL + b"Content-Type: text/plain; " + b"a=b; " * 400_000 + b"\n\nYes", "headers"),
    "the same in a part": (
        NELL + multipart(b"Content-Type: text/plain; " + b"a=b; " * 400_000 + b"\n\nYes"), "headers",
    ),
    "the same in a part of parts": (
        NELL + multipart(b"Content-Type: multipart/mixed; " + b"a=b; " * 400_000 + b"; boundary=C\n\n--C\n\nYes\n--C--"),
        "time or memory",
    ),
    "400,000 fields": (NELL + b"A: b\n" * 400_000 + b"\nYes", "headers"),
    "400,000 empty parts": (NELL + multipart(*[b""] * 400_000), "parts"),
    "a thousand parts": (NELL + multipart(*[b"\nYes"] * 1_000), "parts"),
    "parts in parts": (NELL + b"".join(
        b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (n, n) for n in range(100)
    ) + b"\nYes", "depth"),
    "mails in mails": (NELL + b"Content-Type: message/rfc822\n\n" * 70_000, "depth"),
    "no end of fields": (NELL + b"x" * 3_000_000, "headers"),
}  # fmt: skip
HARMLESS = {
    "nested tags": NELL + b"Content-Type: text/html\n\n" + b"<div>" * 400_000 + b"Yes",
    "nested quotations": NELL + b"Content-Type: text/html\n\n" + b"<blockquote>" * 150_000,
    "tags without an end": NELL + b"Content-Type: text/html\n\n" + b"<br " * 400_000,
    "attributes without an end": NELL + b"Content-Type: text/html\n\n" + b'<a b="' * 300_000,
    "comments without an end": NELL + b"Content-Type: text/html\n\n" + b"<!--" * 400_000,
    "entities": NELL + b"Content-Type: text/html\n\n" + b"&#x41" * 400_000,
    "a charset that takes the square of the time": NELL + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 2_000_000,
    "a charset of signs": NELL + b"Content-Type: text/plain; charset=utf-7\n\n" + b"+" * 2_000_000,
    "encoded words": NELL + b"Subject: " + b"=?utf-8?q?a?= " * 10_000 + b"\n\nYes",
    "brackets": b"From: nell@example.org " + b"(" * 200_000 + b"\n\nYes",
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_mail_over_a_limit_costs_seconds_and_its_sender_is_known(kind: str) -> None:
    raw, over = HOSTILE[kind]
    found = parser.read(raw)
    assert (found.over, found.sender, found.text) == (over, "nell@example.org", "")


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_mail_that_repeats_itself_is_read_by_its_length_and_not_by_its_square(kind: str) -> None:
    began = time.process_time()
    fields, rest = mime.lines_of(HARMLESS[kind])
    assert time.process_time() - began < mime.CPU_SECONDS
    assert (fields["sender"], rest.get("over")) == ("nell@example.org", None)


LOST = {
    "an unknown charset": b"Content-Type: text/plain; charset=klingon",
    "a charset that is none": b"Content-Type: text/plain; charset=zlib",
    "a charset of eight bits": b"Content-Type: text/plain; charset=\xff\xfe",
    "a charset of many letters": b"Content-Type: text/plain; charset=" + b"x" * 5_000,
    "an encoded word in an unknown charset": b"Subject: =?klingon?q?Re=3A?= Still?",
    "an encoded word that is none": b"Subject: =?utf-8?b?!!!!?= =?x?q?y?= =?utf-8?b?w?=",
    "NUL": b"Subject: Re:\0 Still\0?\0",
    "NUL in a name": b"Sub\0ject: x",
    "a lone CR": b"Subject: Re:\rFrom: mallory@example.org\rX: y",
    "two CR": b"Subject: Re:\r\rFrom: mallory@example.org",
    "eight bits": b"Subject: Cymdeithas \xc5\xb4yl",
    "eight bits of old": b"Subject: caf\xe9",
    "eight bits in a name": b"S\xc3\xbcbject: x",
    "a line that is no field": b"this is no field",
    "the first line of a mailbox": b"From nell@example.org Mon Apr 13 10:00:00 2015",
    "a name with a blank": b"Not a field: x",
    "a date that is none": b"Date: Mon, 99 Apr 99999999 10:00:00 +9999",
    "a type that is none": b"Content-Type: ;;;===///",
    "a transfer encoding that is none": b"Content-Transfer-Encoding: 9bit",
    "folds without a field": b" \t continued",
    "a boundary that never comes": b"Content-Type: multipart/mixed; boundary=B",
    "no boundary": b"Content-Type: multipart/mixed",
}


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("first", [False, True])
def test_a_malformed_field_loses_neither_sender_nor_words(kind: str, end: bytes, first: bool) -> None:
    nell = b"From: Nell Found <nell@example.org>"
    head = [LOST[kind], nell] if first else [nell, LOST[kind]]
    fields, rest = mime.lines_of(end.join([*head, b"", b"Yes", b""]))
    assert (fields["sender"], fields["automatic"]) == ("nell@example.org", "")
    assert rest["text"] == "Yes"


def test_letters_are_read_in_the_charset_in_which_they_were_written() -> None:
    def text(charset: bytes, body: bytes) -> str | None:
        return list(mime.lines_of(NELL + b"Content-Type: text/plain; charset=" + charset + b"\n\n" + body))[
            1
        ]["text"]

    assert text(b"iso-8859-1", "Café “Tŷ”".encode("cp1252", "replace")) == "Café “T?”"
    assert text(b"us-ascii", "Tŷ".encode()) == "Tŷ"
    assert text(b"utf-8", "café".encode("latin-1")) == "café"
    assert text(b"utf-16", "Tŷ".encode("utf-16")) == "Tŷ"
    assert text(b"klingon", "Tŷ".encode()) == "Tŷ"


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"From: ", b"Content-Type: ", b"multipart/", b"text/html", b"; boundary=B", b"\n--B\n", b"\n\n",
                             b"=?utf-8?b?", b"?=", b"<", b">", b"<p>", b"&#", b'"', b"(", b",", b"@", b"\r", b"; charset=",
                             b"Content-Transfer-Encoding: base64", b"; name*0*=", b"; filename*=x'y'z"]),
        ),
        max_size=30,
    ).map(b"".join)
)  # fmt: skip
def test_nothing_makes_reading_fail(raw: bytes) -> None:
    for mail in (raw, NELL + raw, NELL + multipart(raw, raw)):
        for line in mime.lines_of(mail):
            for value in line.values():
                (value or "").encode()
                assert "\0" not in (value or "")
                assert value is None or line.get("over") is None or value in (
                    "headers", "parts", "depth", "memory",
                ), line  # fmt: skip


def test_the_reader_loads_the_standard_library_alone() -> None:
    tree = ast.parse(Path(mime.__file__).read_text(encoding="utf-8"))
    names = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_reader_that_cannot_work_says_nothing_about_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "_READER", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(parser.NotRead):
        parser.read(NELL + b"\nYes")
    monkeypatch.setattr(parser, "_READER", (sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"))
    with pytest.raises(parser.NotRead):
        parser.read(NELL + b"\nYes")
