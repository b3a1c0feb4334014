"""The check of the record, for tests whose builders put rows down that no action made."""

from __future__ import annotations

from govnet.record.audit import check_chain
from govnet.record.chain import Fault


def built(words: str) -> bool:
    """Whether the check only says that the record never heard of a member or an office: builders make them."""
    return words.startswith(("there is no entry that gave", "the old lists")) or words.endswith(
        "is not on record"
    )


def faults_of(network_id: int) -> list[Fault]:
    """The further findings of the check."""
    return [fault for fault in check_chain(network_id) if not built(fault.what)]
