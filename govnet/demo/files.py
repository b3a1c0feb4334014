"""Reads the demo's data files into facts, before anything is made from them."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from govnet.demo import facts
from govnet.demo.stage import Calendar

T = TypeVar("T")
_DATA = resources.files("govnet.demo") / "data"


def read(calendar: Calendar) -> facts.Facts:
    """All the data files, dates filled in from `calendar`. Raises TypeError for an unknown word in a file."""
    files = {one.name.removesuffix(".toml"): calendar.fill(one.read_text("utf-8")) for one in _files(_DATA)}
    tables = {name: tomllib.loads(text) for name, text in files.items()}
    people = _all(facts.PersonFact, (_renamed(one) for one in tables["people"]["people"]))
    organisations = _all(facts.OrganisationFact, tables["organisations"]["organisations"])
    return facts.Facts(
        founding=files["network"],
        people={one.key: one for one in people},
        organisations={one.key: one for one in organisations},
        threads=_threads(calendar),
        proposals=tuple(_proposal(one) for one in tables["decisions"]["proposals"]),
        elsewhere=_all(facts.Elsewhere, tables["decisions"]["elsewhere"]),
        choices=tuple(_choice(one) for one in tables["choices"]["choices"]),
        drafts=_all(facts.DraftFact, tables["choices"]["drafts"]),
        letters=tuple(_letter(one) for one in tables["letters"]["letters"]),
        announcements=_all(facts.AnnouncementFact, tables["announcements"]["announcements"]),
        hidden=tuple(_hidden(one) for one in tables["moderation"]["hidden"]),
        reports=_all(facts.ReportFact, tables["moderation"]["reports"]),
        applications=_all(facts.ApplicationFact, tables["applications"]["applications"]),
    )


def _files(folder: Traversable) -> list[Traversable]:
    return sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)


def _all(kind: type[T], tables: Iterable[Mapping[str, Any]]) -> tuple[T, ...]:
    return tuple(kind(**table) for table in tables)


def _renamed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind" if name == "as" else name: value for name, value in table.items()}


def _threads(calendar: Calendar) -> tuple[facts.ThreadFact, ...]:
    texts = (calendar.fill(one.read_text("utf-8")) for one in _files(_DATA / "threads"))
    threads = (_thread(one) for text in texts for one in tomllib.loads(text)["threads"])
    return tuple(sorted(threads, key=lambda one: (-one.days_ago, one.hour)))


def _thread(table: Mapping[str, Any]) -> facts.ThreadFact:
    nested: dict[str, Any] = {
        "thanks": tuple(table.get("thanks", ())),
        "posts": _all(facts.PostFact, table.get("posts", ())),
        "frame": facts.FrameFact(**table["frame"]) if "frame" in table else None,
        "summary": facts.Summary(**table["summary"]) if "summary" in table else None,
    }
    return facts.ThreadFact(**{**table, **nested})


def _answers(rows: Iterable[list[str]]) -> tuple[facts.AnswerFact, ...]:
    return tuple(_answer(*row) for row in rows)


def _answer(who: str, kind: str, reason: str = "", needs: str = "", reply: str = "") -> facts.AnswerFact:
    return facts.AnswerFact(who.removeprefix("org:"), kind, reason, needs, who.startswith("org:"), reply)


def _proposal(table: Mapping[str, Any]) -> facts.ProposalFact:
    nested = {"answers": _answers(table["answers"]), "changes": table.get("changes", {})}
    earlier = tuple(_earlier(one) for one in table.get("earlier", ()))
    again = tuple((who, why) for who, why in table.get("ask_again", ()))
    gives = tuple(table["gives"]) if "gives" in table else None
    return facts.ProposalFact(**{**table, **nested, "earlier": earlier, "ask_again": again, "gives": gives})


def _earlier(table: Mapping[str, Any]) -> facts.Earlier:
    suggested = facts.Suggested(**table["suggested"]) if "suggested" in table else None
    return facts.Earlier(**{**table, "answers": _answers(table["answers"]), "suggested": suggested})


def _choice(table: Mapping[str, Any]) -> facts.ChoiceFact:
    given = (facts.Chosen(who=who, values=tuple(values), reason=why) for who, values, why in table["answers"])
    return facts.ChoiceFact(**{**table, "answers": tuple(given)})


def _letter(table: Mapping[str, Any]) -> facts.LetterFact:
    names = {name: tuple(table.get(name, ())) for name in ("names", "taken_back")}
    return facts.LetterFact(**{**table, **names})


def _hidden(table: Mapping[str, Any]) -> facts.Hidden:
    appeals = tuple(_appeal(one) for one in table.get("appeals", ()))
    return facts.Hidden(**{**table, "appeals": appeals})


def _appeal(table: Mapping[str, Any]) -> facts.AppealFact:
    return facts.AppealFact(**{**table, "decided_by": tuple(table.get("decided_by", ()))})
