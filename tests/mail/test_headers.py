"""Header fields that no name, title or address can break."""

import email
import email.policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.headers import (
    Address,
    BadHeader,
    address_field,
    angle,
    field,
    ids_field,
    plain,
    text_field,
    wire_address,
)

ANYTHING = st.text(max_size=200)


def read(raw, name):
    """The field as a mail program would show it; and nothing else may have got into the head."""
    message = email.message_from_bytes(raw + b"\r\nbody")
    assert message.keys() == [name]
    return str(make_header(decode_header(message[name])))


@given(ANYTHING)
def test_any_title_survives_as_a_subject_and_adds_no_field(title):
    raw = text_field("Subject", title)
    assert read(raw, "Subject").strip() == plain(title)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_a_long_title_has_no_break_in_it_even_where_nobody_unfolds():
    raw = text_field(
        "Subject", "Draft: Flip charts are typed up and published within two weeks of a workshop."
    )
    assert "\n" not in read(raw, "Subject")


@given(ANYTHING)
def test_any_name_survives_beside_an_address_and_adds_none(name):
    raw = address_field("From", Address("ann@example.org", name))
    message = email.message_from_bytes(raw + b"\r\nbody", policy=email.policy.default)
    assert message.keys() == ["From"]
    assert [a.addr_spec for a in message["From"].addresses] == ["ann@example.org"]


@pytest.mark.parametrize(
    "name",
    ["Ann Example", "Ann O'Neil", 'Ann "the" Example, MP', "Siân Ŵyn (Caerdydd)", "=?utf-8?q?x?=", "a@b"],
)
def test_a_name_is_shown_as_it_was_written(name):
    raw = address_field("To", Address("ann@example.org", name))
    message = email.message_from_bytes(raw + b"\r\nbody", policy=email.policy.default)
    assert message["To"].addresses[0].display_name == name


@pytest.mark.parametrize("smuggled", ["a\r\nBcc: all@example.org", "a\nBcc: x", "a\rBcc: x", "a\x00b", "é"])
def test_a_raw_field_with_a_line_break_is_refused(smuggled):
    with pytest.raises(BadHeader):
        field("Subject", smuggled)


@pytest.mark.parametrize("name", ["Sub ject", "Bcc: x", "", "X-Ö", "X\r\n"])
def test_a_field_must_have_a_name(name):
    with pytest.raises(BadHeader):
        field(name, "value")


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "ann@",
        "@example.org",
        "ann@example.org\r\nBcc: x@example.org",
        "ann@example.org,bob@example.org",
        "<ann@example.org>",
        "ann smith@example.org",
        '"ann"@example.org',
        "ann@exam ple.org",
        "ann@@example.org",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
    ],
)
def test_a_list_of_addresses_is_refused(address):
    with pytest.raises(BadHeader):
        wire_address(address)


def test_a_domain_in_another_alphabet_goes_over_the_wire():
    assert wire_address("ann@bücher.example") == "ann@xn--bcher-kva.example"


def test_an_address_that_few_servers_take_is_refused_rather_than_mangled():
    with pytest.raises(BadHeader):
        address_field("To", Address("siân@example.org"))


def test_bidi_and_control_characters_are_taken_out_of_a_title():
    assert plain("Vote \u202eoN\u202c\x07 now\u2028please\ttoday") == "Vote oN now please today"


def test_many_references_fold_between_ids():
    ids = [f"<post-{n}.abcdefghij@uk.example.org>" for n in range(40)]
    raw = ids_field("References", ids)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.decode().replace("\r\n", "").removeprefix("References: ").split() == ids


@pytest.mark.parametrize("bad", ["post@example.org", "<a b@c>", "<a@b>\r\nX: y", "<a@b><c@d>", ""])
def test_only_message_ids_stand_in_references(bad):
    with pytest.raises(BadHeader):
        ids_field("References", [bad])


@pytest.mark.parametrize("bad", ["https://example.org/a b", "https://x>,<mailto:y", "a\nb"])
def test_only_addresses_stand_in_angle_brackets(bad):
    with pytest.raises(BadHeader):
        angle(bad)


def test_a_subject_in_plain_letters_stays_on_one_line():
    title = "Look at decision 2026-02 again: The committee publishes notes of every call within ten days."
    assert text_field("Subject", title) == f"Subject: {title}\r\n".encode()
