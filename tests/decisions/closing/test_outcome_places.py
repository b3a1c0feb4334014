"""An outcome says where it was reached: at a meeting, or on the list."""

from __future__ import annotations

import pytest

from govnet.decisions import labels
from govnet.decisions.rules.outcome import Outcome, Tally
from govnet.kernel.actor import Door

pytestmark = pytest.mark.usefixtures("context")


def test_an_agreement_on_the_list_is_not_said_to_come_from_a_meeting() -> None:
    nobody = Tally()
    assert labels.headline(Outcome.ELSEWHERE, nobody, door=Door.LIST) == "Agreed on the list"
    assert labels.short(Outcome.ELSEWHERE, Door.LIST) == "Agreed on the list"
    assert labels.short(Outcome.ELSEWHERE, Door.MEETING) == "Agreed at a meeting"
    assert labels.short(Outcome.CONSENSUS, Door.WEB) == "Agreed"
