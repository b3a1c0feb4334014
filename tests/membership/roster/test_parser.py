"""An old list's roster is read whole, or refused with the number of each row that is wrong."""

import pytest

from govnet.membership.roster.parser import Roster, read_roster
from govnet.membership.roster.row import ComesAs

HEADER = "name,email,organisation,kind,as\n"


def read(*rows: str, header: str = HEADER) -> Roster:
    return read_roster((header + "\n".join(rows)).encode())


def said(roster: Roster) -> str:
    return "\n".join(map(str, roster.problems))


def test_a_person_is_read_with_all_that_her_row_says() -> None:
    (row,) = read("Nell Saltmarsh,Nell@Example.org,,individual,member-as-found").rows
    assert (row.number, row.name, row.email) == (2, "Nell Saltmarsh", "nell@example.org")
    assert row.comes_as is ComesAs.MEMBER


def test_rows_that_say_nothing_more_come_as_readers() -> None:
    (row,) = read("Nell,nell@example.org", header="name,email\n").rows
    assert (row.kind, row.comes_as) == ("individual", ComesAs.SUBSCRIBER)


def test_a_file_saved_by_a_spreadsheet_in_another_country_is_read() -> None:
    content = "\ufeffemail;name\r\nnell@example.org;Nell\r\n".encode()
    assert [row.name for row in read_roster(content).rows] == ["Nell"]


def test_empty_rows_at_the_end_are_passed_over_and_still_counted() -> None:
    roster = read("Nell,nell@example.org,,,", ",,,,", "Wilf,wilf@example,,,")
    assert said(roster) == "Row 4: “wilf@example” is not an email address."


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("Nell,,,,", "has no email"),
        (",nell@example.org,,,member", "has no name"),
        ("Nell,nell at example.org,,,", "is not an email address"),
        (
            "Nell,nell@example.org,,robot,",
            "“robot” is not a kind. Write individual, organisation or observer.",
        ),
        ("Nell,nell@example.org,,,king", "“king” is not known. Write subscriber or member."),
        ("Nell,nell@example.org,,organisation,", "names none"),
        ("Saltmarsh, Nell,nell@example.org,,,", "quotation marks"),
        ("Ne\u202ell,nell@example.org,,,", "cannot be seen"),
        (f"{'N' * 101},nell@example.org,,,", "longer than 100"),
        (f"Nell,nell@example.org,{'O' * 201},,", "more than 200"),
        (f"Nell,nell@{'e' * 250}.org,,,", "longer than 254"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named_and_not_imported(row: str, wrong: str) -> None:
    roster = read("Wilf,wilf@example.org,,,", row)
    assert wrong in said(roster)
    assert said(roster).startswith("Row 3: ")
    assert len(roster.rows) == 1


def test_every_wrong_row_is_named_at_once() -> None:
    roster = read("Nell,,,,", "Wilf,wilf@example.org,,,", ",x@example.org,,,member")
    assert [problem.row for problem in roster.problems] == [2, 4]


def test_the_same_row_twice_is_one_person() -> None:
    roster = read("Nell,nell@example.org,,,", "Nell,NELL@example.org,,,")
    assert (len(roster.rows), roster.repeated, roster.problems) == (1, (3,), ())


def test_of_one_address_with_two_names_the_first_row_is_the_owner() -> None:
    roster = read("Nell,nell@example.org,,,", "Eleanor,nell@example.org,,,")
    assert [(row.name, row.shares) for row in roster.rows] == [("Nell", 0), ("Eleanor", 2)]
    assert roster.problems == ()


def test_a_member_may_also_speak_for_an_organisation() -> None:
    roster = read(
        "Bea,bea@example.org,Ledger Club,organisation,member", "Bea,bea@example.org,,individual,member"
    )
    assert [(row.kind, row.shares) for row in roster.rows] == [("organisation", 0), ("individual", 0)]


@pytest.mark.parametrize("first", ["subscriber", "member"])
def test_a_person_who_is_a_reader_and_a_member_comes_once_as_a_member(first: str) -> None:
    both = {
        "subscriber": "Bea,bea@example.org,,,subscriber",
        "member": "Bea,bea@example.org,Club,organisation,member",
    }
    roster = read(both.pop(first), both.popitem()[1])
    assert [(row.kind, row.comes_as) for row in roster.rows] == [("organisation", ComesAs.MEMBER)]
    assert roster.repeated == (3,)


def test_an_organisation_has_one_voice() -> None:
    roster = read(
        "Bea,bea@example.org,Open Ledger Club,organisation,member-as-found",
        "Toby,toby@example.org,open ledger club,organisation,member-as-found",
        "Mina,mina@example.org,Open Ledger Club,organisation,subscriber",
    )
    assert [row.name for row in roster.rows] == ["Bea", "Mina"]
    assert "already speaks through row 2" in said(roster)


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("", "is empty"),
        ("name,telephone\n", "no column named email"),
        ("name,email,name\n", "“name” twice"),
    ],
)
def test_a_file_without_the_right_columns_is_refused_whole(header: str, wrong: str) -> None:
    roster = read("Nell,nell@example.org", header=header) if header else read_roster(b"")
    assert wrong in said(roster)
    assert roster.rows == ()


def test_a_file_too_long_to_be_a_roster_is_refused() -> None:
    rows = [f"N{number},n{number}@example.org,,," for number in range(20_001)]
    assert "Split it in two" in said(read(*rows))


def test_other_programs_names_of_columns_are_understood() -> None:
    roster = read("nell@example.org,Nell,member", header="E-Mail Address,Real_Name,Role\n")
    assert [(row.name, row.email, row.comes_as) for row in roster.rows] == [
        ("Nell", "nell@example.org", ComesAs.MEMBER)
    ]


def test_a_reader_of_an_old_list_may_have_no_name() -> None:
    (row,) = read(",nell@example.org,,,subscriber").rows
    assert (row.name, row.comes_as) == ("", ComesAs.SUBSCRIBER)


def test_a_quotation_mark_that_never_closes_is_named() -> None:
    assert "quotation mark" in said(read('"Nell,nell@example.org' + "x" * 140_000))
