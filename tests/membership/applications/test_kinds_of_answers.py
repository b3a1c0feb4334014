"""Answers as people's programs write them, and what programs send: a yes counts, a machine hears nothing, all else comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.extensions import db
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import in_transaction
from govnet.mail.incoming import inbox, intake, reply_handlers
from govnet.mail.models import Fate, InboundMail, Mail
from govnet.membership.models import MembershipState
from tests.membership.memberships.test_by_mail import asked, reply_to, states  # noqa: F401 (a fixture)
from tests.membership.people import mails_to

HTML = "Content-Type: text/html; charset=utf-8\n\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
OURS = "The UK network <govnet@example.org>"
OUTLOOK = (
    f"-----Original Message-----\nFrom: {OURS}\nSent: 19 November 2026 10:00\nTo: Nell\nSubject: Still?\n\n"
)
RULED = f"________________________________\nFrom: {OURS}\nSent: 19 November\nSubject: Still?\n\n"
QUOTED = "Hello Nell,\n\nOr answer this mail with the one word YES.\n\nIf you do not want to be a member, do nothing.\n\n"


def parts(kind: str, *inside: str) -> str:
    return (
        f"Content-Type: multipart/{kind}; boundary=B\n\n"
        + "".join(f"--B\n{each}\n" for each in inside)
        + "--B--\n"
    )


PICTURES = (
    parts("related", HTML + "<p>Yes</p>", "Content-Type: image/png\n\nx")
    .replace("=B", "=C")
    .replace("--B", "--C")
)


def comes(rest: str, *, sender: str = "Nell Found <nell@example.org>", to: str = "") -> InboundMail:
    """A mail comes in and is read; what became of it."""
    raw = f"From: {sender}\nSubject: Re: Are you still a member?\n{rest}".encode()
    row = intake.store(raw, to or reply_to())
    intake.run()
    db.session.refresh(row)
    return row


YES = {
    "HTML alone": HTML + "<p>Yes</p>",
    "a phone's signature in a block": HTML + "<html><body>Yes<div>Sent from my telephone</div></body></html>",
    "a line and the quoted mail": HTML + "Yes<hr><b>From:</b> The UK network<br><b>Sent:</b> today",
    "a quotation": HTML + "<div>Yes</div><blockquote type=cite>On Thursday somebody wrote: no, thanks</blockquote>",
    "a quotation first": HTML + "<blockquote>Are you?</blockquote><p>Yes</p>",
    "a hidden line first": HTML + '<div style="display:none">News inside</div><p>Yes</p>',
    "style, comments and a table": HTML + "<style>p{}</style><!-- x --><table><tr><td>Yes</td></tr></table>",
    "an empty plain half": parts("alternative", PLAIN + "\n", HTML + "<div>Yes</div>"),
    "blanks for a plain half": parts("alternative", PLAIN + "\u00a0\u200b\n", HTML + "<div>Yes</div>"),
    "a notice for a plain half": parts(
        "alternative", PLAIN + "Your e-mail client cannot show HTML messages.", HTML + "<div>Yes</div>"
    ),
    "the same in both halves": parts("alternative", PLAIN + "*Yes*", HTML + "<b>Yes</b>"),
    "pictures inside": parts("alternative", PLAIN, PICTURES),
    "a scanner's footer": parts("mixed", HTML + "<p>Yes</p>", PLAIN + "____\nScanned, no virus found."),
    "a list's footer after plain text": parts("mixed", PLAIN + "Yes", PLAIN + "____\nOur trains run on time."),
    "a signed mail": parts("signed", PLAIN + "Yes", "Content-Type: application/pgp-signature; name=signature.asc\n\nx"),
    "a card beside it": parts("mixed", PLAIN + "Yes", "Content-Type: text/vcard\nContent-Disposition: attachment\n\nNo"),
    "above Outlook's quotation": PLAIN + "Yes\n\n" + OUTLOOK + QUOTED,
    "below Outlook's quotation": PLAIN + OUTLOOK + QUOTED + "Yes\n",
    "below it, with a name": PLAIN + OUTLOOK + QUOTED + "Yes please\n\nNell\n",
    "below a ruled quotation": PLAIN + RULED + QUOTED + "Yes\n",
    "below a dated line without marks": PLAIN + "On 19 Nov 2026, at 10:00, The UK network wrote:\n\n" + QUOTED + "Yes\n",
    "below a short quotation": PLAIN + "-----Neges Wreiddiol-----\nOddi wrth: Ni\nAnfonwyd: ddoe\n\nYdych chi?\n\nYdw\n",
    "below it, in HTML": HTML + "<p>-----Original Message-----<br>From: us<br>Sent: today</p><p>Are you?</p><p>Yes</p>",
    "her name behind, in Welsh": PLAIN + "Yndw, plis",
    "that it is right": PLAIN + "Yes, that's right.",
    "a telephone's line above": PLAIN + "Sent from my telephone\n\nYes\n",
    "her name on the line": PLAIN + "Yes - Nell Found",
    "Welsh, with thanks": PLAIN + "Ydw, diolch yn fawr",
    "Welsh, I still am": PLAIN + "Ydw, dwi'n dal yn aelod",
    "Welsh, we are": PLAIN + "Annwyl bawb,\nYdym, diolch.\nCofion",
    "Welsh, I confirm": PLAIN + "Rwy’n cadarnhau",
    "Welsh, please": PLAIN + "Ie, os gwelwch yn dda!",
    "quotation marks": PLAIN + "“YES”",
}  # fmt: skip


@pytest.mark.parametrize("kind", YES)
def test_a_yes_counts_however_her_program_writes_it(asked, kind):  # noqa: F811
    row = comes(YES[kind])
    assert (row.fate, states()[0]) == (Fate.DONE, MembershipState.ACTIVE), row.why


SENDERS = {
    "bare": "nell@example.org",
    "in capitals": "NELL@Example.ORG",
    "its own name": "nell@example.org <nell@example.org>",
    "its own name, quoted": '"nell@example.org" <nell@example.org>',
    "a comma in the name": "Found, Nell <nell@example.org>",
    "dots and brackets in the name": "Dr. N. Found (Nell) [UK] <nell@example.org>",
    "quotation marks that do not end": '"Nell Found <nell@example.org>',
    "a quoted quotation mark": '"Nell \\"Nelly\\" Found" <nell@example.org>',
    "blanks in the brackets": "Nell < nell@example.org >",
    "a link": "Nell <mailto:nell@example.org>",
    "the name behind": "nell@example.org (Nell Found)",
    "quoted as a whole": '"nell@example.org"',
    "a name without brackets": "Nell Found nell@example.org",
    "single quotation marks": "'nell@example.org'",
    "a comma behind": "Nell <nell@example.org>,",
    "a group": "Members: nell@example.org;",
    "eight bits": "Nêll <nell@example.org>",
    "an encoded name": "=?utf-8?q?N=C3=AAll=2C_Found?= <nell@example.org>",
    "an encoded name that is none": "=?utf-8?b?!!?= <nell@example.org>",
    "folded": "Nell\n  Found\n <nell@example.org>",
    "the same twice": "nell@example.org, Nell <nell@example.org>",
    "a dot behind the domain": "Nell <nell@example.org.>",
    "with a tag": "Nell <nell+networks@example.org>",
}


@pytest.mark.parametrize("kind", SENDERS)
def test_an_odd_field_from_names_her_all_the_same(asked, kind):  # noqa: F811
    row = comes(PLAIN + "Yes", sender=SENDERS[kind])
    assert (row.fate, states()[0]) == (Fate.DONE, MembershipState.ACTIVE), (row.why, row.sender)


@pytest.mark.parametrize(
    "sender",
    [
        '"nell@example.org" <mallory@example.net>',
        "nell@example.org <mallory@example.net>",
        "=?utf-8?q?nell=40example=2Eorg?= <mallory@example.net>",
        "(nell@example.org) mallory@example.net",
        "nell@example.org.example.net",
        "nell@example.org, mallory@example.net",
        "Nell <nell@example.org>, Mallory <mallory@example.net>",
        "mallory@example.net, nell@example.org <mallory@example.net>",
    ],
)
def test_a_name_that_is_her_address_is_not_her(asked, sender):  # noqa: F811
    assert comes(PLAIN + "Yes", sender=sender).fate in (Fate.ANSWERED, Fate.IGNORED)
    assert states()[0] is MembershipState.FOUND


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ann@googlemail.com", "Ann@gmail.com", True),
        ("a.n.n@gmail.com", "ann+ogn@googlemail.com", True),
        ("ann+ogn@example.org", "ann@example.org", True),
        ("ann@tŷ.example", "ann@xn--t-foa.example", True),
        ("a.nn@example.org", "ann@example.org", False),
        ("ann@example.org", "ann@example.com", False),
        ("bo@gmail.com", "ann@gmail.com", False),
        ("", "", False),
    ],
)
def test_one_mailbox_has_several_addresses(one, other, same):
    assert reply_handlers.same_mailbox(one, other) is same


MACHINES = {
    "a report on delivery": parts(
        "report; report-type=delivery-status", PLAIN + "It could not be delivered.",
        "Content-Type: message/delivery-status\n\nStatus: 5.1.1",
    ),
    "a report on reading": parts(
        "report; report-type=disposition-notification", PLAIN + "Yes",
        "Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed",
    ),
    "a report inside": parts("mixed", PLAIN + "Yes", "Content-Type: message/delivery-status\n\nStatus: 5.1.1"),
    "an accepted invitation": parts(
        "alternative", PLAIN + "Yes", "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR"
    ),
    "an accepted invitation without a method in its type": parts(
        "mixed", PLAIN + "Yes", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"
    ),
    **{
        field: f"{field}\n{PLAIN}Yes"
        for field in (
            "Auto-Submitted: auto-replied (vacation)", "X-Mail-Autoreply: yes", "X-Autoreply-From: nell@example.org",
            "X-Autoresponder: 1", "X-Autorespond: away", "X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Vacation: yes",
            "Precedence: auto_reply", "X-Precedence: bulk", "List-Unsubscribe: <https://example.org>",
            "X-Failed-Recipients: a@example.org", "X-Loop: nell@example.org", "Return-Path: <>",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", MACHINES)
def test_a_mail_from_a_machine_does_nothing_and_gets_no_answer(asked, kind):  # noqa: F811
    before = len(mails_to("nell@example.org"))
    row = comes(MACHINES[kind])
    assert (row.fate, states()[0]) == (Fate.IGNORED, MembershipState.FOUND)
    assert row.why.startswith("by a machine")
    assert len(mails_to("nell@example.org")) == before


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@example.org", "postmaster@example.org", "no-reply@example.org"]
)
@pytest.mark.parametrize("subject", ["", "Automatic reply: Still?", "Ateb Awtomatig: Still?"])
def test_neither_does_what_is_from_a_machine_or_says_so_in_its_subject(asked, sender, subject):  # noqa: F811
    raw = f"From: {'nell@example.org' if subject else sender}\nSubject: {subject}\n{PLAIN}Yes"
    row = intake.store(raw.encode(), reply_to())
    intake.run()
    db.session.refresh(row)
    assert (row.fate, states()[0]) == (Fate.IGNORED, MembershipState.FOUND)


@pytest.mark.parametrize(
    "field", ["Auto-Submitted: no", "X-Auto-Response-Suppress: None", "Precedence: normal", "X-Autoreply: no"]
)
def test_a_field_that_says_that_a_person_wrote_is_believed(asked, field):  # noqa: F811
    assert comes(f"{field}\n{PLAIN}Yes").fate is Fate.DONE


NO_YES = {
    "nothing": PLAIN,
    "nothing above Outlook's quotation": PLAIN + OUTLOOK + QUOTED,
    "nothing above a ruled quotation": PLAIN + RULED + QUOTED,
    "nothing above a dated line": PLAIN + "On 19 Nov 2026, at 10:00, The UK network wrote:\n\n" + QUOTED,
    "no, below": PLAIN + OUTLOOK + QUOTED + "No thanks\n",
    "a question below": PLAIN + OUTLOOK + QUOTED + "Yes?\n",
    "no, above a quoted yes": PLAIN + "No\n\n" + OUTLOOK + "Are you?\n\nYes\n",
    "a quoted yes in HTML": HTML + "<p>No</p><blockquote>Yes</blockquote>",
    "a hidden yes": HTML + '<p style="display: none">Yes</p><p>No</p>',
    "Accepted": PLAIN + "Accepted",
    "Welsh, no": PLAIN + "Nac ydw, diolch",
    "Welsh, not a member": PLAIN + "Ydw, ddim yn aelod",
    "a file that says yes": parts("mixed", PLAIN + "See the file.", f"Content-Disposition: attachment\n{PLAIN}Yes"),
    "a forwarded mail that says yes": parts("mixed", PLAIN + "See below.", "Content-Type: message/rfc822\n\n" + PLAIN + "Yes"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_YES)
def test_all_else_comes_back_once_with_the_reason(asked, kind):  # noqa: F811
    row = comes(NO_YES[kind])
    assert (row.fate, states()[0]) == (Fate.ANSWERED, MembershipState.FOUND)
    assert "A program can only read a plain yes here" in mails_to("nell@example.org")[-1][1]


@pytest.mark.parametrize("head", [OUTLOOK, RULED, "On 19 Nov 2026, at 10:00, The UK network wrote:\n\n"])
def test_our_own_mail_sent_back_without_a_word_is_no_yes(asked, head):  # noqa: F811
    ours = mails_to("nell@example.org")[0][1]
    assert "YES" in ours
    assert comes(PLAIN + head + ours).fate is Fate.ANSWERED
    again = mails_to("nell@example.org")[-1][1]
    assert comes(PLAIN + head + again).fate is Fate.ANSWERED
    assert states()[0] is MembershipState.FOUND


TANGLED = parts("mixed", *[PLAIN + "Yes"] * 300)


def test_a_mail_that_is_too_much_to_read_is_answered_once_and_kept_a_week(asked):  # noqa: F811
    row = comes(TANGLED)
    assert (row.fate, row.over, states()[0]) == (Fate.ANSWERED, "parts", MembershipState.FOUND)
    assert "too large or too complicated" in mails_to("nell@example.org")[-1][1]
    count = db.session.scalar(select(func.count()).select_from(Mail))
    intake.run()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == count
    asked.move(timedelta(days=6))
    assert (intake.forget(), row.raw is not None) == (0, True)
    asked.move(timedelta(days=2))
    assert intake.forget() == 1
    db.session.refresh(row)
    assert (row.raw, row.fate) == (None, Fate.ANSWERED)


@pytest.mark.parametrize("sender", ["Mallory <mallory@example.net>", "nell@example.org, mallory@example.net"])
def test_only_the_person_who_was_asked_learns_that_it_is_too_much(asked, sender):  # noqa: F811
    count = db.session.scalar(select(func.count()).select_from(Mail))
    row = comes(TANGLED, sender=sender)
    assert (row.fate, row.over) == (Fate.IGNORED, "parts")
    machine = comes("Auto-Submitted: auto-replied\n" + TANGLED)
    assert (machine.fate, machine.over) == (Fate.IGNORED, "parts")
    assert db.session.scalar(select(func.count()).select_from(Mail)) == count


def test_of_those_that_are_too_much_the_oldest_go_when_they_take_too_much_room(asked, monkeypatch):  # noqa: F811
    monkeypatch.setattr(intake, "MOST_OVER", 2 * len(TANGLED))
    rows = [comes(f"X-Number: {n}\n{TANGLED}", sender="mallory@example.net") for n in range(3)]
    for row in rows:
        db.session.refresh(row)
    assert [row.raw is None for row in rows] == [True, True, False]


def test_none_is_taken_while_too_much_is_kept(asked, monkeypatch):  # noqa: F811
    monkeypatch.setattr(inbox, "MOST_HELD", 300)
    comes(PLAIN + "What?")
    with pytest.raises(Busy):
        comes(PLAIN + "What?" * 40)


def test_one_address_takes_no_more_than_thirty_mails_a_day(asked, monkeypatch):  # noqa: F811
    monkeypatch.setattr(inbox, "MOST_A_DAY", 2)
    comes("X: 1\n" + PLAIN + "What?")
    comes("X: 2\n" + PLAIN + "What?", to=f"<{reply_to().upper()}>")
    with pytest.raises(Busy):
        comes("X: 3\n" + PLAIN + "What?")
    assert comes(PLAIN + "Yes", sender="bea@example.org", to=reply_to(1)).fate is Fate.DONE
    asked.move(timedelta(days=1, minutes=1))
    assert comes(PLAIN + "Yes").fate is Fate.DONE


def test_after_a_while_the_worker_turns_to_its_other_duties(asked, monkeypatch):  # noqa: F811
    monkeypatch.setattr(intake, "_A_WHILE", 0.0)
    for number in range(3):
        intake.store(f"From: nell@example.org\nX: {number}\n\nWhat?".encode(), reply_to())
    assert [intake.run() for _ in range(4)] == [1, 1, 1, 0]


def test_a_mail_is_read_outside_every_transaction_by_one_worker(asked, monkeypatch):  # noqa: F811
    read, seen = intake.parser.read, []

    def watched(raw):
        seen.append(in_transaction())
        assert intake.run() == 0  # another worker finds nothing to do meanwhile
        return read(raw)

    monkeypatch.setattr(intake.parser, "read", watched)
    assert comes(PLAIN + "Yes").fate is Fate.DONE
    assert seen == [False]
