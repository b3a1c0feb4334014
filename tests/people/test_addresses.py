"""E-mail addresses: one parser for every door, and the mailer can write every accepted address."""

from __future__ import annotations

import email
import email.policy

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from govnet.mail.headers import Address, address_field, wire_address
from govnet.people.addresses import BadAddress, mailbox, parsed, parsed_or_none
from tests import sentences
from tests.mail.delivery.test_smtp import line
from tests.mail.servers import Free, running

TAKEN = [
    ("ann@example.org", "ann@example.org"),
    ("  Ann@Example.ORG ", "ann@example.org"),
    ("\u202aann@example.org\u202c", "ann@example.org"),
    ("\ufeffann@example.org\u200b", "ann@example.org"),
    ("ann@example.org.", "ann@example.org"),
    ("o'brien@example.org", "o'brien@example.org"),
    ("a.n.n+list@example.org", "a.n.n+list@example.org"),
    ("ann@b\u00fccher.example.org", "ann@xn--bcher-kva.example.org"),
    ("ann@BU\u0308CHER.example.org", "ann@xn--bcher-kva.example.org"),
    ("ann@stra\u00dfe.example.org", "ann@xn--strae-oqa.example.org"),
    ("ann@\uff45xample\uff0eorg", "ann@example.org"),
    ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
    ("x" * 64 + "@example.org.", "x" * 64 + "@example.org"),
]
REFUSED = [
    ("", "Enter an e-mail address"),
    ("ann", "Enter an e-mail address"),
    ("@example.org", "Enter an e-mail address"),
    ("ann@", "Enter an e-mail address"),
    ("o\u2019brien@example.org", "curly apostrophe"),
    ("zo\u00eb@example.org", "\u201c\u00eb\u201d cannot be before the @"),
    ("ann@example.org, bob@example.org", "just one address"),
    ("ann@example.org;bob@example.org", "just one address"),
    ("ann@bob@example.org", "just one address"),
    ("Ann <ann@example.org>", "just one address"),
    ("ann at@example.org", "just one address"),
    ("ann\n@example.org", "just one address"),
    ("ann@example.org\nBcc: bob@example.org", "just one address"),
    ('"ann b"@example.org', "quotation marks"),
    ("an\u200bn@example.org", "cannot be seen"),
    ("an\u202en@example.org", "cannot be seen"),
    ("an\x00n@example.org", "cannot be seen"),
    (".ann@example.org", "cannot begin or end with a dot"),
    ("ann.@example.org", "cannot begin or end with a dot"),
    ("an..n@example.org", "cannot begin or end with a dot"),
    ("x" * 65 + "@example.org", "at most 64 characters"),
    ("ann@" + "x" * 61 + "." + "y" * 61 + "." + "z" * 61 + "." + "w" * 61 + ".org", "at most 254 characters"),
    ("ann@" + "x" * 500, "at most 254 characters"),
    ("ann@example", "the part after the @"),
    ("ann@host.invalid", "the part after the @"),
    ("ann@host.LOCALHOST", "the part after the @"),
    ("ann@[192.0.2.1]", "the part after the @"),
    ("ann@192.0.2.1", "the part after the @"),
    ("ann@-example.org", "the part after the @"),
    ("ann@exa_mple.org", "the part after the @"),
    ("ann@example..org", "the part after the @"),
    ("ann@xn--0.org", "the part after the @"),
    ("ann@b\u00fc\u202echer.example.org", "cannot be seen"),
]


@pytest.mark.parametrize(("typed", "kept"), TAKEN)
def test_one_address_has_one_spelling(typed, kept):
    assert parsed(typed) == kept


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_a_wrong_address_is_refused_in_words_that_help(typed, why):
    with pytest.raises(BadAddress) as refused:
        parsed(typed)
    assert why in sentences.read(refused.value.message)


def test_dots_and_tags_tell_addresses_apart():
    assert len({parsed(one) for one in ("ann.b@example.org", "annb@example.org", "annb+x@example.org")}) == 3


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("Ann Example <ann@example.org>", "Ann Example", "ann@example.org"),
        ('"Example, Ann" <ann@example.org>', "Example, Ann", "ann@example.org"),
        ("Example, Ann <Ann@Example.org>", "Example, Ann", "ann@example.org"),
        ('"Ann \\"the\\" Example" <ann@example.org>', 'Ann "the" Example', "ann@example.org"),
        ("Ann\r\nBcc: x <ann@example.org>", "Ann Bcc: x", "ann@example.org"),
        ("\u202eAnn\u202c <ann@example.org>", "Ann", "ann@example.org"),
        ("<ann@example.org>", "", "ann@example.org"),
        ("ann@example.org", "", "ann@example.org"),
    ],
)
def test_a_name_and_an_address_are_kept_apart(typed, name, address):
    assert mailbox(typed) == (name, address)


def test_a_name_before_an_address_has_a_limit():
    longest = "x" * 782 + " <ann@example.org>"
    assert mailbox(longest) == ("x" * 782, "ann@example.org")
    with pytest.raises(BadAddress):
        mailbox("x" + longest)


LOCAL = st.text(alphabet="abcXYZ019!#$%&'*+/=?^_`{|}~.-", min_size=1, max_size=66)
DOMAIN = st.lists(
    st.text(alphabet="abX09-\u00fc\u00df\u00e9\u05d0\u4e2d\uff41", min_size=1, max_size=20),
    min_size=1,
    max_size=5,
)
LIKELY = st.builds(lambda local, labels: f"{local}@{'.'.join(labels)}.org", LOCAL, DOMAIN)
ANYTHING = st.one_of(
    st.text(max_size=100), LIKELY, st.builds(lambda text: f"{text}@example.org", st.text(max_size=70))
)


@settings(max_examples=500)
@given(ANYTHING, st.text(max_size=60))
def test_an_accepted_address_can_be_written_and_read_again(typed, name):
    kept = parsed_or_none(typed)
    if kept is None:
        return
    assert parsed(kept) == wire_address(kept) == kept
    assert (kept.isascii(), kept, len(kept) <= 254) == (True, kept.lower(), True)
    raw = address_field("To", Address(kept, name))
    read = email.message_from_bytes(raw + b"\r\nbody", policy=email.policy.default)
    assert read.keys() == ["To"]
    assert [one.addr_spec for one in read["To"].addresses] == [kept]


class Keeper:
    """A mail server that takes every mail and keeps whom it was for, on the envelope and in the head."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        head = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((envelope.rcpt_tos[0], head["To"].addresses[0].addr_spec))
        return "250 OK"


@pytest.fixture(scope="module")
def keeper():
    kept = Keeper()
    with running(Free(kept)) as port:
        yield kept, port


@settings(max_examples=20, deadline=None)
@given(st.lists(LIKELY, min_size=20, max_size=60))
def test_an_accepted_address_reaches_a_mail_server_as_it_was_written(keeper, typed):
    server, port = keeper
    addresses = [kept for kept in map(parsed_or_none, typed) if kept is not None]
    server.taken.clear()
    with line(port) as out:
        for address in addresses:
            head = address_field("To", Address(address, "Ann, of \u201cHere\u201d"))
            answer = out.deliver("govnet@example.org", wire_address(address), head + b"\r\nHello.\r\n")
            assert (answer.code, answer.words) == (250, "OK"), address
    assert server.taken == [(address, address) for address in addresses]


@settings(max_examples=500)
@given(st.text(max_size=60), LIKELY)
def test_a_mailbox_keeps_its_address_whatever_the_name(name, address):
    kept = parsed_or_none(address)
    if kept is not None and not set(name) & set("<>"):
        assert mailbox(f"{name} <{address}>")[1] == kept


@settings(max_examples=500)
@given(ANYTHING)
def test_an_address_that_needs_no_closer_look_is_taken_on_a_closer_look_too(typed):
    kept = parsed_or_none(typed)
    if kept is not None:
        found = validate_email(kept, check_deliverability=False, allow_smtputf8=False)
        assert found.ascii_email == kept
