"""The objects of a started process are not searched for garbage any more."""

import gc
from collections.abc import Iterator

import pytest

from govnet.kernel.memory import settle


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_settled_objects_are_collected_no_more_and_new_ones_still_are() -> None:
    before = len(gc.get_objects())
    settle()
    assert len(gc.get_objects()) < before / 10
    made: list[object] = []
    made.append(made)
    del made
    assert gc.collect() >= 1
