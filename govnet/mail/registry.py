"""What mail knows of features above it: where somebody belongs, and what a followed discussion is called."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Places = Callable[[int], Sequence[Any]]
Titles = Callable[[Collection[int]], Mapping[int, tuple[str, str]]]

_places: list[Places] = []
_titles: dict[str, Titles] = {}


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
