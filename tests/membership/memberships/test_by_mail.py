"""People from an old list who confirm by an answer to our mail."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from govnet.accounts import export
from govnet.accounts.erasure import erase_again
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.incoming import intake, reply_handlers
from govnet.mail.models import Fate, InboundMail, Mail
from govnet.membership import duties
from govnet.membership.memberships.mail_reply import says_yes
from govnet.membership.models import Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.operations import mail_pipe
from govnet.record.models import Entry
from tests.membership.people import a_network_with_rules, mails_to

ROSTER = """name,email,organisation,kind,as
Nell Found,nell@example.org,,individual,member
Bea Ledger,bea@example.org,Open Ledger Club,organisation,member
"""
PATTERN = "replies+{token}@govnet.example.org"


@pytest.fixture
def asked(app, time, monkeypatch):
    """Two from an old list were asked, on a server to which mail comes."""
    monkeypatch.setitem(app.config, "MAIL_REPLIES", PATTERN)
    with app.app_context():
        network = a_network_with_rules()
        with transaction():
            imports.import_roster(network, read_roster(ROSTER.encode()).rows, go=True, via=Door.CLI)
        duties.ask_found()
        yield time


def reply_to(number=0):
    """Where the answer to a mail that asks goes."""
    return db.session.scalars(
        select(Mail.contact).where(Mail.template == "membership/confirm_membership").order_by(Mail.id)
    ).all()[number]


def handed_in(app, to, mail, **settings):
    """A mail server calls `govnet receive`; its exit code."""
    names = {"DATABASE_URL": "SQLALCHEMY_DATABASE_URI", "MAIL_REPLIES": "MAIL_REPLIES"}
    environ = {name: app.config[field] for name, field in names.items()}
    db.session.rollback()
    return CliRunner().invoke(mail_pipe.receive, [to], input=mail, env={**environ, **settings}).exit_code


def comes(text, *, sender="nell@example.org", to=None, **fields):
    """A mail comes in and is read; what became of it."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, "Re: Are you still a member?"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    row = intake.store(mail.as_bytes(), to or reply_to())
    intake.run()
    db.session.refresh(row)
    return row


def states():
    return list(db.session.scalars(select(Membership.state).order_by(Membership.id)))


def test_the_mail_says_that_one_can_answer_and_where(asked):
    subject, text = mails_to("nell@example.org")[0]
    assert subject == "Are you still a member of The UK network? One click, or reply YES"
    assert "reply to this mail from this address with the one word YES" in text
    assert reply_to().startswith("replies+confirm-")
    assert reply_to().endswith("@govnet.example.org")
    assert len(reply_to(1).partition("@")[0]) <= 64


def test_on_a_server_without_mail_that_comes_in_there_is_only_the_click(app, time):
    with app.app_context():
        network = a_network_with_rules()
        with transaction():
            imports.import_roster(network, read_roster(ROSTER.encode()).rows, go=True, via=Door.CLI)
        duties.ask_found()
        subject, text = mails_to("nell@example.org")[0]
        assert (subject, "YES" in text) == ("Are you still a member of The UK network? One click", False)
        assert reply_to() == network.contact_email


def test_a_yes_confirms_with_a_receipt_and_stands_in_the_record_as_mail(asked):
    row = comes("Yes\n\nOn Monday we wrote:\n> Are you?\n")
    assert (row.fate, row.why) == (Fate.DONE, "confirm")
    assert states() == [MembershipState.ACTIVE, MembershipState.FOUND]
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert entry.verb == "membership.confirmed"
    assert '"door":"mail"' in entry.facts.replace(" ", "")
    subject, text = mails_to("nell@example.org")[-1]
    assert subject == "You are a member of The UK network"
    assert "you can answer and vote" in text


def test_for_an_organisation_the_receipt_names_it(asked):
    row = comes("I confirm.", sender="bea@example.org", to=reply_to(1))
    assert row.fate is Fate.DONE
    assert mails_to("bea@example.org")[-1][0] == "Open Ledger Club is a member of The UK network"


def test_the_same_mail_twice_and_an_answer_after_the_click_do_nothing_more(asked):
    first = comes("Yes", Message_ID="<1@example.org>")
    assert comes("Yes", Message_ID="<1@example.org>").id == first.id
    again = comes("Yes", Message_ID="<2@example.org>")
    assert (again.fate, "already" in again.why) == (Fate.ANSWERED, True)
    assert list(db.session.scalars(select(Entry.verb))).count("membership.confirmed") == 1


@pytest.mark.parametrize(
    ("text", "sender", "why"),
    [
        ("No thanks", "nell@example.org", "A program can only read a plain yes"),
        ("Yes, take me off the list", "nell@example.org", "A program can only read a plain yes"),
        ("> Yes", "nell@example.org", "A program can only read a plain yes"),
        ("", "nell@example.org", "A program can only read a plain yes"),
        ("Yes", "mallory@example.org", "Your reply came from a different address"),
    ],
)
def test_an_answer_that_is_no_yes_changes_nothing_and_is_answered_once(asked, text, sender, why):
    row = comes(text, sender=sender)
    assert (row.fate, row.why.startswith(why)) == (Fate.ANSWERED, True)
    assert states() == [MembershipState.FOUND] * 2
    subject, body = mails_to(sender)[-1]
    assert subject == "We could not act on your mail “Re: Are you still a member?”"
    assert why in body
    answer = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert answer.contact == reply_to()
    count = len(mails_to(sender))
    intake.run()
    assert len(mails_to(sender)) == count


@pytest.mark.parametrize(
    "fields", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}]
)
def test_an_out_of_office_note_confirms_nothing_and_gets_no_answer(asked, fields):
    row = comes("Yes", **fields)
    assert (row.fate, states()[0]) == (Fate.IGNORED, MembershipState.FOUND)
    assert len(mails_to("nell@example.org")) == 1


def test_an_address_that_we_did_not_make_takes_no_mail_however_large(app, asked):
    good = reply_to()
    forged = [
        good.replace("confirm-", "confirm-a"),
        good.replace("confirm-", "other-"),
        good[:-30] + "a" * 8 + good[-22:],
        "replies+@govnet.example.org",
        "replies+confirm-@govnet.example.org",
        "replies+confirm-ééé@govnet.example.org",
        "someone@example.org",
    ]
    for to in forged:
        with pytest.raises(intake.NotOurs):
            intake.store(b"x" * (25 * 1024 * 1024), to)
        assert handed_in(app, to, b"From: a@example.org") == 67
    assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 0
    assert states()[0] is MembershipState.FOUND
    assert comes("Yes", to=f"<{good.upper()}>").fate is Fate.DONE


def test_two_machines_that_answer_each_other_stop(asked):
    fates = [comes("What?", Message_ID=f"<{n}@example.org>").fate for n in range(7)]
    assert fates == [Fate.ANSWERED] * 5 + [Fate.IGNORED] * 2


def test_a_program_that_fails_keeps_the_mail_and_tries_again(asked, monkeypatch):
    def broken(ids, mail):
        raise KeyError("broken")

    monkeypatch.setitem(reply_handlers._handlers(), "confirm", broken)
    row = comes("Yes")
    assert (row.fate, row.attempts, intake.stuck()) == (Fate.WAITING, 1, 1)
    assert intake.run() == 0
    monkeypatch.undo()
    asked.move(timedelta(minutes=16))
    monkeypatch.setitem(reply_handlers.current_app.config, "MAIL_REPLIES", PATTERN)
    assert (intake.run(), intake.stuck()) == (1, 0)
    assert states()[0] is MembershipState.ACTIVE


def test_its_bytes_go_after_a_month_and_before_that_when_she_is_erased(asked):
    row = comes("Yes")
    asked.move(timedelta(days=29))
    assert intake.forget() == 0
    asked.move(timedelta(days=2))
    assert intake.forget() == 1
    db.session.refresh(row)
    assert (row.raw, row.sender, row.fate) == (None, "", Fate.DONE)


def test_it_stands_in_her_export_until_she_is_erased(asked):
    row = comes("Yes")
    person_id = db.session.scalars(select(Membership.person_id).order_by(Membership.id)).first()
    assert [(m["became"], m["text"]) for m in export.mail(person_id)["came"]] == [("done", "Yes")]
    with transaction():
        erase_again(person_id)
    db.session.refresh(row)
    assert (row.raw, row.sender) == (None, "")


def test_a_mail_of_25_mb_is_not_taken(asked):
    with pytest.raises(RuleBroken, match="10 MB"):
        intake.store(b"x" * (25 * 1024 * 1024), reply_to())
    assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 0


def test_a_mail_server_hands_it_to_a_command_that_says_how_it_went(app, asked):
    mail = b"From: nell@example.org\n\nYes"
    assert handed_in(app, reply_to(), mail) == 0
    assert intake.run() == 1
    assert states()[0] is MembershipState.ACTIVE
    assert handed_in(app, reply_to(), b"x" * (25 * 1024 * 1024)) == 65
    assert handed_in(app, reply_to(), b"") == 65
    assert handed_in(app, "any", mail, MAIL_REPLIES=None) == 75


@pytest.mark.parametrize(
    "line",
    ["Yes", "YES!", "yes please", "I confirm", "Confirmed.", "Yes, I am still a member.", "Ie", "Yes thanks"],
)
def test_a_yes_in_many_words(line):
    assert says_yes([line])
    assert says_yes(["Hello Robin,", line, "Nell"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "No",
        "Yes?",
        "I do not confirm",
        "Not yes",
        "Yes but who are you",
        "Thanks",
        "Hello yes no",
        "Remove me",
    ],
)
def test_no_yes(line):
    assert not says_yes([line])
