"""Mails that are kept with what was decided elsewhere."""

from __future__ import annotations

import io
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from govnet.accounts.erasure import erase_again
from govnet.accounts.export import everything_held
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite import audit as offsite_audit
from govnet.decisions.offsite import evidence
from govnet.decisions.offsite.models import EvidenceMail
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.persons import main_address
from govnet.record.models import Entry
from tests.builders import a_member, a_network, a_steering_member, acting
from tests.decisions.builders import a_network_with_rules, a_proposal, taken
from tests.decisions.pages.test_whole_decision import decide
from tests.decisions.stage import browser
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("context")


def a_mail(text: str = "So we agree. Ask bo@example.org.", **fields: str) -> bytes:
    mail = EmailMessage()
    start = {
        "From": "Ann Example <ann@example.org>",
        "Date": "Thu, 9 Apr 2015 10:00:00 +0100",
        "Subject": "Agreed",
    }
    for name, value in {**start, **fields}.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


@pytest.fixture
def here(time: Any) -> Any:
    """A network, somebody of its committee, and what she wrote down just now."""
    network = a_network_with_rules()
    sam = a_steering_member(network)
    return network, sam, taken(network, sam)


def kept(network: Any, person: Any, proposal: Any, raw: bytes | None = None) -> EvidenceMail:
    with transaction():
        merged = db.session.merge(proposal)
        return evidence.keep(
            merged, raw if raw is not None else a_mail(), by=acting(person, network), via=Door.WEB
        )


def uploads(client: Any, url: str, raw: bytes, name: str = "mail.eml") -> Any:
    form = next(
        f for f in opened(client, url).forms if f["method"] == "post" and f["action"].endswith("/mails")
    )
    hidden = {f["name"]: f["value"] for f in form["fields"] if f["type"] == "hidden"}
    return client.post(
        form["action"], data={**hidden, "file": (io.BytesIO(raw), name)},
        content_type="multipart/form-data", follow_redirects=True,
    )  # fmt: skip


def test_a_mail_is_kept_as_it_came_and_the_record_has_its_digest(here: Any) -> None:
    mail = kept(*here)
    assert (mail.raw, mail.subject, mail.sender) == (a_mail(), "Agreed", "ann@example.org")
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert entry is not None
    assert entry.verb == "decisions.mail_kept"
    assert mail.digest in entry.facts
    assert kept(*here).id == mail.id
    assert len(evidence.mails_of(here[2].id)) == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not a mail as it was sent"),
        (b"We agreed.", "not a mail as it was sent"),
        (b"\xd0\xcf\x11\xe0" * 300, "not a mail as it was sent"),
        (b"Subject: only\n\nx", "not a mail as it was sent"),
        (b"x" * 900_001, "larger than 900 KB"),
    ],
)
def test_a_file_that_is_no_mail_or_too_large_is_refused(here: Any, raw: bytes, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        kept(*here, raw)


def test_there_is_an_end_to_how_many(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST", 1)
    kept(*here)
    with pytest.raises(RuleBroken, match="There are 1 mails already"):
        kept(*here, a_mail("Another"))


def test_only_officers_keep_and_only_while_it_can_be_objected_to(here: Any, time: Any) -> None:
    network, sam, proposal = here
    ann = a_member(network)
    with pytest.raises(NotAllowed):
        kept(network, ann, proposal)
    with pytest.raises(RuleBroken, match="only with a decision taken elsewhere"):
        kept(network, sam, a_proposal(network, sam))
    decide(time, proposal)
    with pytest.raises(RuleBroken):
        kept(network, sam, proposal)


def test_after_an_objection_no_mail_is_added(here: Any) -> None:
    network, sam, proposal = here
    ann = a_member(network)
    with transaction():
        offsite.object_to(
            db.session.merge(proposal), "I was not told.", by=acting(ann, network), via=Door.WEB
        )
    with pytest.raises(RuleBroken, match="while nobody has objected"):
        kept(network, sam, proposal)


def test_the_officer_keeps_it_by_a_form_and_members_read_it_without_addresses(
    app: Flask, here: Any, time: Any
) -> None:
    network, sam, proposal = here
    ann = a_member(network)
    url = f"/uk/proposals/{proposal.id}"
    assert f"{url}/mails" in opened(browser(app, sam), url).links
    page = uploads(browser(app, sam), f"{url}/mails", a_mail())
    assert (page.status_code, "The mail is kept." in page.text) == (200, True)
    decide(time, proposal)
    for where in (url, "/uk/decisions/2015-01"):
        told = opened(browser(app, ann), where).text
        assert "So we agree. Ask b…@example.org." in told
        assert "bo@example.org" not in told
        public = opened(browser(app), where)
        assert "So we agree" not in public.text
        assert "Ann Example" not in public.text
        assert "Members can read it" in public.text
    data = browser(app).get("/uk/decisions/2015-01.json")
    assert [m["sha256"] for m in data.json["mails"]] == [evidence.mails_of(proposal.id)[0].digest]
    assert "ann@" not in data.text


def test_a_file_that_is_no_mail_is_refused_in_words_on_the_form(app: Flask, here: Any) -> None:
    _network, sam, proposal = here
    url = f"/uk/proposals/{proposal.id}/mails"
    page = uploads(browser(app, sam), url, b"PK\x03\x04 not a mail", "minutes.docx")
    assert (page.status_code, "ends in .eml" in page.text) == (422, True)
    assert uploads(browser(app, sam), url, b"", "").status_code == 422
    large = browser(app, sam).post(url, data=b"x" * 1_200_000, content_type="multipart/form-data; boundary=b")
    assert large.status_code == 413


def test_officers_alone_save_it_as_it_came_and_no_browser_opens_it(app: Flask, here: Any) -> None:
    network, sam, proposal = here
    mail = kept(*here)
    url = f"/uk/proposals/{proposal.id}/mails/{mail.id}.eml"
    ann = a_member(network)
    answer = browser(app, sam).get(url)
    assert answer.data == a_mail()
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert browser(app, ann).get(url).status_code == 403
    assert browser(app).get(url).status_code in (302, 303, 403)


def test_a_private_mail_goes_for_good_and_why_it_went_stays(app: Flask, here: Any) -> None:
    network, sam, proposal = here
    mail_id = kept(*here).id
    for _again in range(2):
        with transaction():
            evidence.remove(
                db.session.merge(proposal), mail_id, "Private", by=acting(sam, network), via=Door.WEB
            )
    row = evidence.mails_of(proposal.id)[0]
    assert (row.raw, row.text, row.sender, row.subject, row.removed_why) == (None, "", "", "", "Private")
    assert list(db.session.scalars(select(Entry.verb))).count("decisions.mail_removed") == 1
    assert "was removed: Private" in opened(browser(app), f"/uk/proposals/{proposal.id}").text
    client = browser(app, sam)
    assert client.get(f"/uk/proposals/{proposal.id}/mails/{mail_id}.eml").status_code == 404
    with pytest.raises(RuleBroken, match="Say why"), transaction():
        other = evidence.keep(db.session.merge(proposal), a_mail("B"), by=acting(sam, network), via=Door.WEB)
        db.session.flush()
        evidence.remove(db.session.merge(proposal), other.id, " ", by=acting(sam, network), via=Door.WEB)


def test_a_mail_of_another_proposal_or_network_is_not_here(app: Flask, here: Any) -> None:
    network, sam, _proposal = here
    mail = kept(*here)
    with pytest.raises(NotFound):
        evidence.mail_of(taken(network, sam), mail.id)
    a_network("wales")
    assert browser(app, sam).get(f"/wales/proposals/1/mails/{mail.id}.eml").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"text": "We disagree."}, {"raw": b"x"}, {"digest": "0" * 64}, {"sender_name": "Bo"}, {"subject": "No"}],
)
def test_the_database_refuses_to_change_it(here: Any, change: dict[str, Any]) -> None:
    mail_id = kept(*here).id
    with pytest.raises(DBAPIError, match="never changed"), transaction():
        db.session.execute(update(EvidenceMail).where(EvidenceMail.id == mail_id).values(change))


def test_when_its_sender_is_erased_what_it_said_stays_without_her_name(here: Any) -> None:
    network, sam, proposal = here
    ann = a_member(network)
    kept(network, sam, proposal, a_mail(From=f"Ann <{main_address(ann.id)}>"))
    assert [m["subject"] for m in everything_held(ann.id)["decisions"]["mails_kept"]] == ["Agreed"]
    with transaction():
        erase_again(ann.id)
    row = evidence.mails_of(proposal.id)[0]
    assert (row.raw, row.sender, row.sender_name, "So we agree" in row.text) == (None, "", "", True)
    assert list(offsite_audit.changed_mails(network.id)) == []


@pytest.mark.sqlite
def test_the_check_of_the_record_finds_a_mail_that_was_changed_by_hand(here: Any) -> None:
    network, _sam, proposal = here
    kept(*here)
    assert list(offsite_audit.changed_mails(network.id)) == []
    with transaction():
        db.session.execute(db.text("DROP TRIGGER evidence_mail_fixed"))
        db.session.execute(update(EvidenceMail).values(raw=a_mail("We disagree.")))
    assert list(offsite_audit.changed_mails(network.id)) == [
        f"a mail kept with proposal {proposal.id} is not the one that was recorded"
    ]
