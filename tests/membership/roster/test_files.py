# ruff: noqa: E501
"""Lists of people as other programs write them: each is read for what it says, and names what it does not use."""

from __future__ import annotations

import json
import random
import time
import unicodedata

import pytest

from govnet.membership.roster import file
from govnet.membership.roster.file import MOST_COLUMNS, MOST_ROWS, FileRow
from govnet.membership.roster.parser import Roster, read_roster
from govnet.membership.roster.row import ComesAs, Wish, address_and_name, mailboxes_in
from govnet.membership.roster.table import heading_of

NELL = (2, "Nell Saltmarsh", "nell@example.org", "")
WILF = (3, "Wilf Ürgen", "wilf@mail.example.org", "")


def read(content: str | bytes) -> Roster:
    return read_roster(content.encode() if isinstance(content, str) else content)


def people(roster: Roster) -> list[tuple[int, str, str, str]]:
    return [(row.number, row.name, row.email, row.organisation) for row in roster.rows]


def words(roster: Roster) -> str:
    return "\n".join(map(str, (*roster.problems, *roster.notes)))


PLAIN = "name,email\nNell Saltmarsh,nell@example.org\nWilf Ürgen,wilf@mail.example.org\n"
ENCODINGS = {
    "utf-8": PLAIN.encode(),
    "utf-8 with its mark": PLAIN.encode("utf-8-sig"),
    "utf-16 as Windows saves it": PLAIN.encode("utf-16"),
    "utf-16 with the other end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16 without a mark": PLAIN.encode("utf-16-le"),
    "utf-16 without a mark, the other end first": PLAIN.encode("utf-16-be"),
    "utf-16 with tabs": PLAIN.replace(",", "\t").encode("utf-16"),
    "windows-1252": PLAIN.encode("cp1252"),
    "letters in two parts, as a Mac writes them": unicodedata.normalize("NFD", PLAIN).encode(),
    "MS-DOS": PLAIN.encode("cp850"),
    "a table drawn with bars": ("| Name | Email |\n|---|---|\n" + "".join(
        f"| {line.replace(',', ' | ')} |\n" for line in PLAIN.splitlines()[1:])).replace("|---|---|\n", "").encode(),
    "an old Mac": PLAIN.replace("\n", "\r").encode("mac-roman"),
    "Mac line ends": PLAIN.replace("\n", "\r").encode(),
    "Windows line ends": PLAIN.replace("\n", "\r\n").encode(),
    "no line end at the end": PLAIN.rstrip().encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "bars": PLAIN.replace(",", "|").encode(),
    "a line that says what parts the cells": b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
    "that line in quotes, after a mark": b'\xef\xbb\xbf"sep=;"\r\n' + PLAIN.replace(",", ";").encode(),
    "that line in utf-16": ("sep=\t\r\n" + PLAIN.replace(",", "\t")).encode("utf-16"),
    "everything quoted": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()
    ).encode(),
    "letters that a spreadsheet broke": PLAIN.encode().decode("cp1252").encode(),
    "empty columns and rows": (
        "name,email,,,\nNell Saltmarsh,nell@example.org,,,\nWilf Ürgen,wilf@mail.example.org,,,\n,,,,\n\n ,\t,,,\n"
    ).encode(),
    "spaces around everything": " Name , E-mail \n Nell  Saltmarsh , nell@example.org \n\tWilf Ürgen,\u00a0WILF@mail.example.org\u200b\n".encode(),
    "addresses with mailto": PLAIN.replace(",nell", ",mailto:nell").encode(),
    "cells forced to be text": PLAIN.replace("Nell Saltmarsh", '="Nell Saltmarsh"').encode(),
    "the heading again further down": (PLAIN.replace("Wilf", "Wilf") + "name,email\n").encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_the_same_list_is_read_in_every_form_that_spreadsheets_give_it(content: bytes) -> None:
    roster = read(content)
    assert people(roster) == [NELL, WILF]
    assert roster.problems == ()


def test_lines_of_two_encodings_are_read_each_in_its_own() -> None:
    content = "name,email\nWilf Ürgen,wilf@example.org\n".encode() + "Zoë,zoe@example.org\n".encode("cp1252")
    roster = read(content)
    assert [row.name for row in roster.rows] == ["Wilf Ürgen", "Zoë"]
    assert "Windows-1252" in words(roster)


HEADINGS = [
    # (heading, row, name, organisation)
    ("Email Address,Full Name", "a@example.org,Ann Appleby", "Ann Appleby", ""),
    ("EMAIL_ADDRESS;FIRST_NAME;LAST_NAME;ORG", "a@example.org;Ann;Appleby;Pond Trust", "Ann Appleby", "Pond Trust"),
    ("Given Name,Family Name,E-mail 1 - Value,Organization 1 - Name", "Ann,Appleby,a@example.org,Pond Trust", "Ann Appleby", "Pond Trust"),
    ("First Name,Middle Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value", "Ann,,Appleby,Pond Trust,* Work,a@example.org", "Ann Appleby", "Pond Trust"),
    ("First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email", "Ann,Appleby,Ann A.,Annie,a@example.org,b@example.org", "Ann A.", ""),
    ("Title,First Name,Last Name,Company,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address", "Ms,Ann,Appleby,Pond Trust,,SMTP,Ann (a@example.org),a@example.org", "Ann Appleby", "Pond Trust"),
    ("Anrede;Vorname;Nachname;Firma;E-Mail-Adresse", "Frau;Ann;Appleby;Pond Trust;a@example.org", "Ann Appleby", "Pond Trust"),
    ("Name;Vorname;E-Mail", "Appleby;Ann;a@example.org", "Ann Appleby", ""),
    ("Titre,Prénom,Nom,Société,Adresse de messagerie", "Mme,Ann,Appleby,Pond Trust,a@example.org", "Ann Appleby", "Pond Trust"),
    ("Nom;Courriel", "Ann Appleby;a@example.org", "Ann Appleby", ""),
    ("Nombre,Apellidos,Organización,Dirección de correo electrónico", "Ann,Appleby,Pond Trust,a@example.org", "Ann Appleby", "Pond Trust"),
    ("Enw Cyntaf,Cyfenw,Cwmni,Cyfeiriad E-bost", "Ann,Appleby,Pond Trust,a@example.org", "Ann Appleby", "Pond Trust"),
    ("Enw,Ebost,Sefydliad", "Ann Appleby,a@example.org,Pond Trust", "Ann Appleby", "Pond Trust"),
    ("Achternaam;Voornaam;E-mailadres", "Appleby;Ann;a@example.org", "Ann Appleby", ""),
    ("Contact Type,Sort Name,Display Name,First Name,Last Name,Current Employer,Email", "Individual,\"Appleby, Ann\",Ann Appleby,Ann,Appleby,Pond Trust,a@example.org", "Ann Appleby", "Pond Trust"),
    ("Sort Name,Email (Home),Email (Work)", "\"Appleby, Ann\",,a@example.org", "Ann Appleby", ""),
    ("user_name,user_email,admin,accepted_at", "Ann Appleby,a@example.org,t,2015-01-02", "Ann Appleby", ""),
    ("Surname,Forename(s),E-mail *", "Appleby,Ann,a@example.org", "Ann Appleby", ""),
    ("Order #,First Name,Surname,Email,Ticket Type", "1,Ann,Appleby,a@example.org,Free", "Ann Appleby", ""),
    ("Member,Address", "Ann Appleby,a@example.org", "Ann Appleby", ""),
    ("Members", "Ann Appleby <a@example.org>", "Ann Appleby", ""),
    ("name,email", ",\"Ann Appleby <a@example.org>\"", "Ann Appleby", ""),
    ("name,email", "a@example.org,a@example.org", "", ""),
    ("name,email", "=?utf-8?q?Ann_Appleby?=,a@example.org", "Ann Appleby", ""),
    ("name,email", "=?no-such-charset?q?Ann?=,a@example.org", "=?no-such-charset?q?Ann?=", ""),
    ("name,email", "Ann Appleby,\"a@example.org; b@example.org\"", "Ann Appleby", ""),
    ("name,email", "Ann Appleby,A@EXAMPLE.ORG.", "Ann Appleby", ""),
    ("name,email,organisation", "Ann Appleby,a@example.org,N/A", "Ann Appleby", ""),
    ("E-mail Address,E-mail Display Name", "a@example.org,Ann Appleby (a@example.org)", "Ann Appleby", ""),
    ("E-mail Address,E-mail Display Name", "a@example.org,'a@example.org'", "", ""),
    ("name,email", "b@example.org,a@example.org", "", ""),
    ("Contact Type,Display Name,Organization Name,Email", "Organization,Pond Trust,Pond Trust,a@example.org", "", "Pond Trust"),
    ("Timestamp,Email Address,Your full name,Email Address", "2015,a@example.org,Ann Appleby,", "Ann Appleby", ""),
    ("Timestamp,What is your first name?,And your surname/last name?,What is your e-mail address?,Would you like to receive emails?", "2015,Ann,Appleby,a@example.org,Yes", "Ann Appleby", ""),
    ("What is your name?,Your email,Which organisation are you from?", "Ann Appleby,a@example.org,Pond Trust", "Ann Appleby", "Pond Trust"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "row", "name", "organisation"), HEADINGS)
def test_headings_of_other_programs_and_languages_are_understood(
    heading: str, row: str, name: str, organisation: str
) -> None:
    roster = read(f"{heading}\n{row}\n")
    assert people(roster) == [(2, name, "a@example.org", organisation)], words(roster)


LISTS = {
    "addresses alone": "a@example.org\nb@example.org\n",
    "addresses alone with Windows line ends": "a@example.org\r\nb@example.org\r\n\r\n",
    "names before addresses": "Ann <a@example.org>\n\"Byrne, Bo\" <b@example.org>\n",
    "names after addresses": "a@example.org (Ann)\nb@example.org (Byrne, Bo)\n",
    "unquoted names with commas": "Ann <a@example.org>\nByrne, Bo <b@example.org>\n",
    "commas at the ends": "a@example.org,\nb@example.org,\n",
    "names and addresses with a blank between": "Ann Appleby a@example.org\nBo - b@example.org\n",
    "addresses in brackets": "Ann (a@example.org)\nBo Byrne (b@example.org)\n",
    "one line of addresses with blanks": "a@example.org b@example.org",
    "one line with commas in names": "Appleby, Ann <a@example.org>, Byrne, Bo <b@example.org>",
    "a page of Mailman": "a at example.org\n  b at example.org  \n",
    "one line, as it stood in a mail": "Ann <a@example.org>; Bo <b@example.org>",
    "thousands of addresses on a line, of which two differ": "a@example.org, " * 3_000 + "b@example.org",
    "one line of addresses": "a@example.org, b@example.org",
    "a heading that nobody knows": "Subscribers of ogn-talk\na@example.org\nb@example.org\n",
    "a table without a heading": "Ann,a@example.org,07700 900000\nBo,b@example.org,07700 900001\n",
    "a table without a heading, halves of names": "a@example.org;Ann;Appleby\nb@example.org;Bo;Byrne\n",
    "a heading in a language that we do not know": "Nimi,Sähköposti\nAnn,a@example.org\nBo,b@example.org\n",
}  # fmt: skip


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_a_list_needs_no_heading(text: str) -> None:
    roster = read(text)
    assert [row.email for row in roster.rows] == ["a@example.org", "b@example.org"], words(roster)
    assert roster.problems == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (LISTS["names before addresses"], ["Ann", "Byrne, Bo"]),
        (LISTS["names after addresses"], ["Ann", "Byrne, Bo"]),
        (LISTS["unquoted names with commas"], ["Ann", "Byrne, Bo"]),
        (LISTS["one line, as it stood in a mail"], ["Ann", "Bo"]),
        (LISTS["names and addresses with a blank between"], ["Ann Appleby", "Bo"]),
        (LISTS["addresses in brackets"], ["Ann", "Bo Byrne"]),
        (LISTS["a table without a heading"], ["Ann", "Bo"]),
        (LISTS["a table without a heading, halves of names"], ["Ann Appleby", "Bo Byrne"]),
    ],
)
def test_names_beside_addresses_are_read(text: str, names: list[str]) -> None:
    assert [row.name for row in read(text).rows] == names


@pytest.mark.parametrize(
    "written",
    [
        "Ann-Marie Cole {}", "Ann-Marie Cole\t{}", "Ann-Marie Cole - {}", "Ann-Marie Cole – {}", "Ann-Marie Cole–{}",
        "Ann-Marie Cole: {}", "Ann-Marie Cole:{}", "Ann-Marie Cole mailto:{}", "Ann-Marie Cole: mailto:{}",
        "Ann-Marie Cole <{}>", "Ann-Marie Cole<{}>", "Ann-Marie Cole < mailto:{} >", "Ann-Marie Cole ( {} );",
        "{} (Ann-Marie Cole)", "\"Ann-Marie Cole\" <{}>",
    ],
)  # fmt: skip
def test_a_hyphen_belongs_to_the_name_and_to_the_address(written: str) -> None:
    found = address_and_name(written.format("ann-m-cole@my-town.example.org"), [])
    assert found == ("ann-m-cole@my-town.example.org", "Ann-Marie Cole")


def test_of_a_line_only_so_much_is_looked_at_as_a_file_may_have() -> None:
    many = ["a@example.org"] * (MOST_ROWS + 1)
    assert mailboxes_in(", ".join([*many, "no address"])) == [*many, "no address"]
    assert "20,000 rows" in words(read(",".join(many)))
    assert heading_of([FileRow(1, ("",) * (MOST_COLUMNS - 1) + ("email",))]) == 0
    assert heading_of([FileRow(1, ("",) * MOST_COLUMNS + ("email",))]) is None
    assert "more than 400 columns" in words(read("a," * 100_000))


def test_a_table_without_a_heading_says_how_it_was_read() -> None:
    said = words(read(LISTS["a table without a heading"]))
    assert "column B is the address" in said
    assert "column A is the name" in said


def test_rows_above_the_heading_are_named_and_passed_over() -> None:
    roster = read("Members of talk@example.org,,\nas of 4 March,,\nname,email,\nAnn,a@example.org,\n")
    assert people(roster) == [(4, "Ann", "a@example.org", "")]
    assert [note.row for note in roster.notes] == [1, 2]


def test_columns_that_nobody_knows_are_named_and_passed_over() -> None:
    roster = read("name,email,shoe size,,empty\nAnn,a@example.org,38,odd,\n")
    assert people(roster) == [(2, "Ann", "a@example.org", "")]
    assert words(roster) == "Columns that were ignored: shoe size, column D."


def test_a_postal_address_is_passed_over_where_there_is_an_email() -> None:
    roster = read("Email Address,Address,Member\na@example.org,1 High Street,Yes\n")
    assert people(roster) == [(2, "", "a@example.org", "")]
    assert words(roster) == "Columns that were ignored: Address, Member."


def test_words_of_other_programs_for_kind_and_role_are_named_and_say_nothing() -> None:
    roster = read(
        "name,email,type,role\nAnn,a@example.org,Student,Chair\nBo,b@example.org,organization,member\n"
    )
    assert [(row.kind, row.comes_as.value) for row in roster.rows] == [("individual", "subscriber")]
    assert words(roster).splitlines() == [
        "Row 3: is for an organisation but names none.",
        "Under “role” these values mean nothing here: Chair.",
        "Under “type” these values mean nothing here: Student.",
    ]


def test_a_member_of_a_mailman_list_is_a_reader() -> None:
    roster = read("email,display_name,role,delivery_mode\na@example.org,Ann,member,regular\n")
    assert [(row.name, row.comes_as) for row in roster.rows] == [("Ann", ComesAs.SUBSCRIBER)]


def test_many_columns_are_named_up_to_a_number() -> None:
    heading = ",".join(f"c{n}" for n in range(100))
    said = words(read(f"email,{heading}\na@example.org{',x' * 100}\n"))
    assert "c29 and 70 more." in said


def google(status: str, preference: str) -> str:
    heading = "Members for group talk\nEmail address,Nickname,Group status,Email status,Email preference"
    return f"{heading}\na@example.org,Ann,member,{status},{preference}\n"


WISHES = [
    (google("normal", "email"), Wish.NONE),
    (google("normal", "digest"), Wish.NONE),
    (google("normal", "no email"), Wish.SILENT),
    (google("bouncing", "email"), Wish.BOUNCES),
    ("Email Address,First Name,UNSUB_TIME,UNSUB_REASON\na@example.org,Ann,2014-03-04 11:12:13,N/A\n", Wish.SILENT),
    ("Email Address,First Name,CLEAN_TIME\na@example.org,Ann,2014-03-04 11:12:13\n", Wish.BOUNCES),
    ("Display Name,Email,Do Not Email,On Hold,Is Deceased\nAnn,a@example.org,No,No,\n", Wish.NONE),
    ("Display Name,Email,Do Not Email,On Hold,Is Deceased\nAnn,a@example.org,Yes,No,\n", Wish.SILENT),
    ("Display Name,Email,No Bulk Emails (User Opt Out)\nAnn,a@example.org,1\n", Wish.SILENT),
    ("Display Name,Email,On Hold\nAnn,a@example.org,On Hold Bounce\n", Wish.BOUNCES),
    ("Display Name,Email,On Hold\nAnn,a@example.org,On Hold Opt Out\n", Wish.SILENT),
    ("Display Name,Email,Is Deceased\nAnn,a@example.org,Yes\n", Wish.GONE),
    ("name,email,status\nAnn,a@example.org,Unsubscribed\n", Wish.SILENT),
    ("name,email,status\nAnn,a@example.org,Pending\n", Wish.NOT_YET),
    ("name,email,status\nAnn,a@example.org,Subscribed\n", Wish.NONE),
    (json.dumps({"entries": [{"email": "a@example.org", "role": "member", "delivery_status": "by_user"}]}), Wish.SILENT),
    (json.dumps({"entries": [{"email": "a@example.org", "role": "nonmember"}]}), Wish.NOT_YET),
    (json.dumps({"entries": [{"email": "a@example.org", "role": "owner", "delivery_mode": "regular"}]}), Wish.NONE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wish"), WISHES)
def test_the_old_program_s_knowledge_about_mail_is_respected(text: str, wish: Wish) -> None:
    assert [(row.email, row.wish) for row in read(text).rows] == [("a@example.org", wish)]


def test_somebody_who_is_named_again_is_silent_where_one_row_says_so() -> None:
    roster = read("name,email,status\nAnn,a@example.org,Subscribed\nann,A@example.org,Unsubscribed\n")
    assert [(row.name, row.wish) for row in roster.rows] == [("Ann", Wish.SILENT)]


def test_the_members_of_a_mailman_list_are_read_as_its_readers() -> None:
    answer = {"start": 0, "total_size": 3, "entries": [
        {"email": "a@example.org", "display_name": "Ann", "role": "member", "list_id": "talk.example.org"},
        {"email": "b@example.org", "display_name": "", "role": "member"}]}  # fmt: skip
    roster = read(json.dumps(answer))
    assert [(row.name, row.email, row.comes_as) for row in roster.rows] == [
        ("Ann", "a@example.org", ComesAs.SUBSCRIBER),
        ("", "b@example.org", ComesAs.SUBSCRIBER),
    ]
    assert "2 of 3 members" in words(roster)


@pytest.mark.parametrize(
    "text", ["{}", "[1]", '{"entries": 1}', '{"entries": [{"x": 1}]}', "{", "[" * 100_000]
)
def test_other_json_is_refused(text: str) -> None:
    assert read(text).rows == ()
    assert read(text).problems != ()


QUOTES = [
    # (row 2 of a table, the name that is read)
    ('Ann "Annie" Appleby,a@example.org', 'Ann "Annie" Appleby'),
    ('"Bo" Byrne,a@example.org', "Bo Byrne"),
    ('"Bo "Bobby" Byrne",a@example.org', 'Bo "Bobby" Byrne'),
]


@pytest.mark.parametrize(("row", "name"), QUOTES)
def test_a_quotation_mark_in_an_odd_place_is_named_with_its_row(row: str, name: str) -> None:
    roster = read(f"name,email\n{row}\n")
    assert people(roster) == [(2, name, "a@example.org", "")]
    assert "Row 2: has a quotation mark in an odd place" in words(roster)


@pytest.mark.parametrize("after", ["", '"Di, D.",d@example.org\n', 'Di "Dee" D,d@example.org\n'])
def test_a_quotation_mark_that_never_closes_spoils_its_own_row_alone(after: str) -> None:
    roster = read(f'name,email\nAnn,a@example.org\n"Bo,b@example.org\nCy,c@example.org\n{after}')
    assert [row.number for row in roster.rows] == [2, 4, *([5] if after else [])]
    assert [str(problem) for problem in roster.problems] == [
        "Row 3: has a quotation mark that never closes. Close it, or delete it."
    ]


def test_a_cell_may_go_over_two_lines() -> None:
    roster = read('name,email,notes\n"Ann\nAppleby",a@example.org,"one\n\n""two"""\nBo,b@example.org,\n')
    assert people(roster) == [(2, "Ann Appleby", "a@example.org", ""), (3, "Bo", "b@example.org", "")]


def test_names_keep_the_quotation_marks_and_apostrophes_that_are_theirs() -> None:
    roster = read(
        'name,email\n"Appleby, Ann ""Annie""",a@example.org\n\'T Hooft,b@example.org\n\'=1+1,c@example.org\n'
    )
    assert [row.name for row in roster.rows] == ['Appleby, Ann "Annie"', "'T Hooft", "=1+1"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann Appleby", "ann  APPLEBY", True),
        ("Ann Appleby", "Ann", True),
        ("Ann Appleby", "Appleby, Ann", True),
        ('Ann "Annie" Appleby', "Ann Annie Appleby", True),
        ("Siân O’Hara", "Sian O'Hara", True),
        ("Ann Appleby", "", True),
        ("Ann Appleby", "Albert Appleby", False),
        ("Ann", "Bo", False),
    ],
)
def test_one_address_is_shared_only_by_names_of_two_people(one: str, other: str, same: bool) -> None:
    for names in ((one, other), (other, one)):
        roster = read("email;name\n" + "".join(f"a@example.org;{name}\n" for name in names))
        assert [row.shares for row in roster.rows] == ([0] if same else [0, 2])
        assert len(roster.rows[0].name.split()) == max(len(name.split()) for name in names)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("o’hara@example.org", "Type a straight one"),
        ("pelé@example.org", "“é” cannot be before the @"),
        ("a..b@example.org", "dot"),
    ],
)
def test_a_mistake_in_an_address_is_named(written: str, words: str) -> None:
    assert words in words_of_problem(read(f"email\n{written}\n"))


def words_of_problem(roster: Roster) -> str:
    return str(roster.problems[0])


ADDRESSES = [
    ("ann+talk@example.org", "ann+talk@example.org"),
    ("o'hara@example.org", "o'hara@example.org"),
    ("x_y%z@example.org", "x_y%z@example.org"),
    ("ann-marie@example.org", "ann-marie@example.org"),
    ("-ann-@example.org", "-ann-@example.org"),
    ("mailto:ann-marie@example.org", "ann-marie@example.org"),
    ("zoë-ann@example.org", ""),
    ("'ann@example.org'", "ann@example.org"),
    ("ann@bücher.example", "ann@xn--bcher-kva.example"),
    ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ("o’hara@example.org", ""),
    ("pelé@example.org", ""),
    ("a..b@example.org", ""),
    (".a@example.org", ""),
    ("ann@localhost", ""),
    ("ann@192.0.2.1", ""),
    ("ann@[192.0.2.1]", ""),
    ("ann@-bad-.example", ""),
    (f"ann@{'a' * 64}.example", ""),
    (f"{'a' * 65}@example.org", ""),
    ("ann at example.org", ""),
    ("ann@exa\u200bmple.org", ""),
    ("a\x00nn@example.org", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "address"), ADDRESSES)
def test_an_address_is_one_that_mail_reaches(written: str, address: str) -> None:
    roster = read(f"name,email\nZoe,zoe@example.org\nAnn,{written}\n")
    assert [row.email for row in roster.rows[1:]] == ([address] if address else [])
    assert [problem.row for problem in roster.problems] == ([] if address else [3])


def test_one_name_with_two_addresses_is_pointed_out_and_comes_in_twice() -> None:
    roster = read("Ann Appleby <a@example.org>\nAnn Appleby <b@example.org>\n")
    assert len(roster.rows) == 2
    assert "Row 2: has the name of row 1 with another address." in words(roster)


@pytest.mark.parametrize("seed", range(40))
def test_no_damaged_file_breaks_the_reader(seed: int) -> None:
    """Pieces of real files, cut and mixed with noise: each is read or refused in words, rows are never beyond their limits."""
    dice = random.Random(seed)
    whole = [*ENCODINGS.values(), *(text.encode() for text in (*LISTS.values(), *(one[0] for one in WISHES)))]
    for _turn in range(25):
        content = b"".join(
            piece[dice.randrange(len(piece) + 1) :][: dice.randrange(1, 120)]
            for piece in (*dice.sample(whole, 3), dice.randbytes(dice.randrange(30)), b'"')
        )
        roster = read(content)
        assert roster.rows or roster.problems
        for row in roster.rows:
            assert len(row.name) <= 100 and len(row.email) <= 254 and len(row.organisation) <= 200
            assert row.name.isprintable() and row.email.isascii()
            assert row.number <= content.count(b"\n") + content.count(b"\r") + 1
        assert all(str(each).isprintable() for each in (*roster.problems, *roster.notes)), roster


@pytest.mark.parametrize("name", ["Secretary", "Admin", "???"])
def test_a_mailbox_of_an_office_comes_in_as_a_reader_without_a_name(name: str) -> None:
    roster = read_roster(f"name,email\n{name},a@example.org\n".encode(), ComesAs.MEMBER)
    assert [(row.name, row.comes_as) for row in roster.rows] == [("", ComesAs.SUBSCRIBER)]
    assert f"“{name}” was left out" in words(roster)
    assert read(f"name,email,as\n{name},a@example.org,member\n").problems != ()


OTHER_FILES = {
    "a workbook": (b"PK\x03\x04" + b"\0" * 100, "workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "workbook"),
    "a PDF": (b"%PDF-1.4", "document"),
    "a page": (b"<!DOCTYPE html><p>a@example.org", "document"),
    "vCards": (b"BEGIN:VCARD\nEMAIL:a@example.org\n", "vCards"),
    "something packed": (b"\x1f\x8b\x08", "packed"),
    "nothing": (b"", "is empty"),
    "a mark alone": (b"\xef\xbb\xbf", "is empty"),
    "blank lines": (b"\n\n ,, \n", "is empty"),
    "a heading alone": (b"name,email\n", "names nobody"),
    "prose": (b"Dear all,\nplease find the list attached.\n", "no column named email"),
    "too many bytes": (b"a@example.org\n" * 300_000, "larger than 4 MB"),
    "too many lines": (b"email\n" + b"\n" * 200_000 + b"a@example.org\n", "lines"),
    "too many columns": (b"email" + b",x" * 500 + b"\na@example.org\n", "columns"),
    "noise": (bytes(range(256)) * 40, ""),
    "noughts": (b"\0" * 10_000, ""),
    "quotes": (b'"' * 9_999, ""),
}


@pytest.mark.parametrize(("content", "said"), OTHER_FILES.values(), ids=OTHER_FILES.keys())
def test_a_file_that_is_no_list_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    roster = read(content)
    assert roster.rows == ()
    assert said in words(roster)
    assert roster.problems != ()


SLOW = {
    "quotes that never close": 'name,email\n' + '"x,a@example.org\n' * 20_000,
    "quotes in quotes": "name,email\n" + '"a""b' * 200_000,
    "blank lines": "name,email\n" + "\n" * 90_000 + "Ann,a@example.org\n",
    "one long cell": "name,email\n" + "x" * 900_000 + ",a@example.org\n",
    "wide rows": ",".join(["email"] + ["x"] * 390) + "\n" + ("a@example.org" + ",x" * 390 + "\n") * 1_000,
    "commas": "," * 900_000,
    "at signs": "@" * 900_000,
    "addresses in one cell": "name,email\nAnn," + "a@example.org;" * 60_000 + "\n",
    "encoded words": "name,email\n" + "=?utf-8?q?=41?= " * 50_000 + ",a@example.org\n",
    "brackets": "<" * 400_000 + "a@example.org" + ">" * 400_000,
}  # fmt: skip


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_no_file_of_a_megabyte_takes_long(text: str) -> None:
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < 4


def test_twenty_thousand_rows_are_read_and_no_more() -> None:
    rows = "".join(f"N{n},n{n}@example.org\n" for n in range(file.MOST_ROWS + 5))
    roster = read("name,email\n" + rows)
    assert len(roster.rows) == file.MOST_ROWS
    assert "Split it in two" in words(roster)
