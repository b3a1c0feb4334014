"""Statements: no more keys in one than the database takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from govnet.kernel.statements import MOST_KEYS, chunks


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_chunks_are_all_the_keys_in_their_order_and_none_is_longer_than_asked(keys, most):
    found = list(chunks(keys, most))
    assert [key for some in found for key in some] == keys
    assert all(0 < len(some) <= most for some in found)
    assert len(found) == -(-len(keys) // most)


def test_a_chunk_is_as_long_as_a_statement_may_be():
    assert [len(some) for some in chunks(range(2 * MOST_KEYS + 1))] == [MOST_KEYS, MOST_KEYS, 1]
