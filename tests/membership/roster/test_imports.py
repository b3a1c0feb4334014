"""Bringing in the roster of an old list, from the command line and inside."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.models import Subscription
from govnet.mail.queries import subscribers
from govnet.membership import cli
from govnet.membership.memberships import queries
from govnet.membership.models import Membership
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.people.addresses import remember_erased
from govnet.people.models import Organisation, Person
from govnet.people.persons import main_address
from govnet.record import registry
from govnet.record.models import Entry
from govnet.record.queries import details
from tests import builders
from tests.membership.people import a_network_with_rules, mails_to
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")
ROSTER = """name,email,organisation,kind,as
Nell Found,nell@example.org,,individual,member
Bea Ledger,bea@example.org,Open Ledger Club,organisation,member
,reader@example.org,,,subscriber
"""


def bring_in(network, text=ROSTER, *, go=True):
    with transaction():
        return imports.import_roster(network, read_roster(text.encode()).rows, go=go, via=Door.CLI)


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_dry_run_says_what_would_happen_and_changes_nothing():
    network = a_network_with_rules()
    plan = bring_in(network, go=False)
    assert ([r.name for r in plan.members], len(plan.subscribers)) == (["Nell Found", "Bea Ledger"], 1)
    assert (count(Person), count(Membership), count(Entry)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("more", "readers"), [("", "1 reader"), (",other@example.org,,,subscriber\n", "2 readers")]
)
def test_the_record_counts_in_whole_words(more, readers):
    bring_in(a_network_with_rules(), ROSTER + more)
    said = registry.sentence(details(db.session.scalars(select(Entry)).one()))
    assert said == f"The operator brought in the old list: 2 to confirm that they are members, {readers}."


def test_people_come_in_as_readers_or_as_members_to_confirm():
    network = a_network_with_rules()
    bring_in(network)
    assert queries.counts(network.id).found == 2
    assert subscribers(network.id) == 1
    assert mails_to("reader@example.org") == []
    assert [e.verb for e in db.session.scalars(select(Entry))] == ["membership.roster"]


def test_the_same_file_twice_brings_nobody_in_twice():
    network = a_network_with_rules()
    bring_in(network)
    plan = bring_in(network)
    assert (plan.members, plan.subscribers) == ([], [])
    assert [row.email for row, _why in plan.known] == [
        "nell@example.org", "bea@example.org", "reader@example.org"]  # fmt: skip
    assert (count(Membership), count(Organisation)) == (2, 1)


def test_people_who_are_here_already_stay_as_they_are():
    network = a_network_with_rules()
    member = builders.a_member(network)
    address = main_address(member.id)
    plan = bring_in(network, f"name,email,as\nX,{address},member\n")
    assert (plan.members, len(plan.known)) == ([], 1)
    assert count(Membership) == 1


def test_an_organisation_that_belongs_already_is_not_brought_in_again():
    network = a_network_with_rules()
    builders.an_organisation(network, "Open Ledger Club")
    plan = bring_in(network, ROSTER.replace("Open Ledger Club", "open ledger  CLUB"))
    assert [row.name for row in plan.members] == ["Nell Found"]


def test_thousands_of_rows_are_read_without_asking_for_each(time):
    network = a_network_with_rules()
    rows = "\n".join(f"N{n},n{n}@example.org,,individual,member" for n in range(2_000))
    with counted() as statements:
        bring_in(network, f"name,email,organisation,kind,as\n{rows}\n", go=False)
    assert len(statements) <= 12


@pytest.fixture
def run(app):
    def run_it(*words: str):
        return CliRunner().invoke(cli.import_group if words[0] == "import" else cli.export_group, words[1:])

    return run_it


@pytest.fixture
def roster_file(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER)
    return path


def test_the_command_does_nothing_without_go(run, roster_file):
    network = a_network_with_rules()
    result = run("import", "members", str(roster_file))
    assert result.exit_code == 0, result.output
    assert "2 people come as members" in result.output
    assert "Nothing was changed" in result.output
    assert queries.counts(network.id).found == 0


def test_the_command_does_it_with_go(run, roster_file):
    network = a_network_with_rules()
    result = run("import", "members", str(roster_file), "--go")
    assert result.exit_code == 0, result.output
    assert queries.counts(network.id).found == 2


def test_the_command_says_who_was_a_reader_before(run, roster_file):
    network = a_network_with_rules()
    run("import", "members", str(roster_file), "--go")
    roster_file.write_text(ROSTER + ",new@example.org,,,subscriber\n")
    result = run("import", "members", str(roster_file), "--go")
    assert "1 person comes as a reader" in result.output
    assert "3 people are here already and stay" in result.output
    assert "Row 4: reader@example.org is a reader already." in result.output
    assert subscribers(network.id) == 2


def test_people_who_want_no_more_mail_are_not_counted_as_readers_who_come():
    network = a_network_with_rules()
    bring_in(network)
    with transaction():
        db.session.execute(update(Subscription).values(silent_at=clock.now()))
    plan = bring_in(network)
    assert plan.subscribers == []
    assert "was a reader, and wants no more mail" in [why for _row, why in plan.known]
    assert subscribers(network.id) == 0


def test_a_row_says_so_where_somebody_else_has_its_address_here():
    network = a_network_with_rules()
    bring_in(network)
    rows = "Ned,nell@example.org\nNell,nell@example.org\nBea Ledger,bea@example.org\nRae,reader@example.org\n"
    plans = [bring_in(network, f"name,email\n{row}\n", go=False) for row in rows.splitlines()]
    assert [plan.planned[0].note for plan in plans] == [
        "The address belongs here to “Nell Found”.",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize("comes_as", ["member", "subscriber"])
def test_a_second_list_brings_nobody_back_who_left_was_silent_or_was_erased(comes_as):
    network = a_network_with_rules()
    bring_in(network)
    gone = builders.a_member(network, "Gia Gone")
    asked = ("reader@example.org", main_address(gone.id), "eve@example.org")
    text = "name,email,as\n" + "".join(f"X,{address},{comes_as}\n" for address in asked)
    with transaction():
        db.session.execute(update(Subscription).values(silent_at=clock.now()))
        resigned = update(Membership).where(Membership.person_id == gone.id)
        db.session.execute(resigned.values(state="resigned", end=clock.today(network.zone)))
        remember_erased("eve@example.org")
    made = bring_in(network, text)
    assert [one.outcome.value for one in made.planned] == ["silent", "left", "erased"]


def test_the_command_names_every_wrong_row_and_does_nothing(run, roster_file):
    network = a_network_with_rules()
    roster_file.write_text(ROSTER + "X,not an address,,,\nY,y@example.org,,king,\n")
    result = run("import", "members", str(roster_file), "--go")
    assert result.exit_code == 1
    assert "Row 5:" in result.output
    assert "Row 6:" in result.output
    assert queries.counts(network.id).found == 0


def test_the_command_leaves_out_wrong_rows_with_its_option(run, roster_file):
    network = a_network_with_rules()
    roster_file.write_text(ROSTER + "X,not an address,,,\n")
    result = run("import", "members", str(roster_file))
    assert result.exit_code == 1
    assert "--go --leave-out" in result.output
    assert run("import", "members", str(roster_file), "--go", "--leave-out").exit_code == 0
    assert queries.counts(network.id).found == 2


def test_the_command_says_of_each_row_what_happens_and_why(run, roster_file):
    network = a_network_with_rules()
    gone = builders.a_member(network, "Gia Gone")
    address = main_address(gone.id)
    with transaction():
        db.session.execute(update(Membership).values(state="resigned", end=clock.today(network.zone)))
    roster_file.write_text(
        "name,email,organisation,kind,as,status,shoe size\n"
        "Nell Found,nell@example.org,,,member,,38\n"
        "Ned Found,nell@example.org,,,member,,\n"
        "nell  found,NELL@example.org,,,member,,\n"
        f"Gia Gone,{address},,,member,,\n"
        ",quiet@example.org,,,,no email,\n"
        "Bea,bea@example.org,Open Ledger Club,organisation,member,,\n"
        "Bea,bea@example.org,,,member,,\n"
        ",reader@example.org,,,,,\n"
    )
    result = run("import", "members", str(roster_file))
    assert result.exit_code == 0, result.output
    for words in (
        "Columns that were ignored: shoe size.",
        "4 people come as members and are asked to confirm.",
        "1 person comes as a reader",
        "row 4.",
        "Row 2: Nell Found <nell@example.org> is asked by mail to confirm that they are a member.",
        "Row 3: Ned Found <nell@example.org> has the address of row 2, and is asked there, once, for an address of their own",
        f"Row 5: Gia Gone <{address}> was a member and left",
        "Row 6: quiet@example.org asked for no mail there",
        "Row 7: Bea <bea@example.org> is asked by mail to confirm, for Open Ledger Club.",
        "Row 8: Bea <bea@example.org> is asked by mail to confirm that they are a member.",
        "Row 9: reader@example.org gets the mail, as before.",
    ):
        assert words in result.output, words


def test_the_command_asks_which_network_where_there_are_several(run, roster_file):
    a_network_with_rules("uk")
    a_network_with_rules("scotland")
    assert "There are:" in run("import", "members", str(roster_file)).output
    assert run("import", "members", str(roster_file), "--network", "scotland").exit_code == 0


def test_an_exported_list_can_be_imported_again(run, roster_file, tmp_path):
    a_network_with_rules()
    run("import", "members", str(roster_file), "--go")
    out = tmp_path / "out.csv"
    assert run("export", "members", str(out)).exit_code == 0
    rows = {(r.name, r.email, r.organisation, r.comes_as) for r in read_roster(out.read_bytes()).rows}
    assert rows == {(r.name, r.email, r.organisation, r.comes_as) for r in read_roster(ROSTER.encode()).rows}


def test_a_name_that_is_a_formula_is_handed_over_as_words(run, roster_file, tmp_path):
    a_network_with_rules()
    roster_file.write_text("name,email,as\n=HYPERLINK(1),nell@example.org,member\n")
    run("import", "members", str(roster_file), "--go")
    out = tmp_path / "out.csv"
    run("export", "members", str(out))
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert read_roster(out.read_bytes()).rows[0].name == "=HYPERLINK(1)"


def test_the_commands_list_what_was_brought_in_and_take_it_back(run, roster_file):
    a_network_with_rules()
    assert run("import", "list").output == ""
    run("import", "members", str(roster_file), "--go")
    (line,) = run("import", "list").output.splitlines()
    assert line == "1: 2015-04-13 09:00 UTC, done, 2 to confirm, 1 reader, by the command line"
    tried = run("import", "undo", "1")
    assert tried.output.startswith(
        "2 memberships to confirm and 1 reader end. 0 have acted and stay.\nNothing"
    )
    assert count(Membership) == 2
    done = run("import", "undo", "1", "--go")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Done.")
    assert count(Membership) == 0
    assert ", undone, " in run("import", "list").output


@pytest.mark.parametrize("words", [("7",), ("7", "--go"), ("0",), ("x",), ("9" * 40,)])
def test_a_list_that_is_not_there_is_not_taken_back(run, words):
    a_network_with_rules()
    result = run("import", "undo", *words)
    assert result.exit_code != 0
    assert "no such list" in result.output or "Invalid value" in result.output


def test_a_list_is_taken_back_once(run, roster_file):
    a_network_with_rules()
    run("import", "members", str(roster_file), "--go")
    run("import", "undo", "1", "--go")
    again = run("import", "undo", "1", "--go")
    assert (again.exit_code, "no such list to take back" in again.output) == (1, True)
