"""An outcome says where it was reached: at a meeting, or on the list."""

from __future__ import annotations

import pytest

from govnet.decisions import words
from govnet.decisions.rules import Outcome, Tally
from govnet.kernel.actor import Door

pytestmark = pytest.mark.usefixtures("context")


def test_what_the_list_agreed_is_not_said_to_come_from_a_meeting() -> None:
    nobody = Tally()
    assert words.headline(Outcome.ELSEWHERE, nobody, door=Door.LIST) == "Agreed on the list"
    assert words.short(Outcome.ELSEWHERE, Door.LIST) == "Agreed on the list"
    assert words.short(Outcome.ELSEWHERE, Door.MEETING) == "Agreed at a meeting"
    assert words.short(Outcome.CONSENSUS, Door.WEB) == "Agreed"
