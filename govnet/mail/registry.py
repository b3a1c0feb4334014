"""What mail knows of features above it: whose address is what, and what a followed discussion is called."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as far as mail goes: where to write to, under which name, in which language."""

    person_id: int
    name: str
    address: str
    language: str = ""


People = Callable[[Collection[int]], Iterable[Reader]]
Places = Callable[[int], Sequence[Any]]
Titles = Callable[[Collection[int]], Mapping[int, tuple[str, str]]]

_people: list[People] = []
_places: list[Places] = []
_titles: dict[str, Titles] = {}


def people_are(lookup: People) -> None:
    """Where to ask for people's verified addresses; whoever has none is left out of the answer."""
    _people[:] = [lookup]


def readers(person_ids: Collection[int]) -> list[Reader]:
    """The people among these who can be written to."""
    return list(_people[0](person_ids)) if _people and person_ids else []


def places_are(lookup: Places) -> None:
    """Where to ask which networks a person belongs to."""
    _places[:] = [lookup]


def places(person_id: int) -> Sequence[Any]:
    """The networks whose mail a person gets."""
    return _places[0](person_id) if _places else ()


def targets_are(target: str, titles: Titles) -> None:
    """Where to ask for the title and address of discussions ("thread") or topics ("topic")."""
    _titles[target] = titles


def titles(target: str, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Title and address of each that still exists."""
    return _titles[target](ids) if target in _titles and ids else {}
