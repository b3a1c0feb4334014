"""A clock that jumps is noticed, and waited for."""

from __future__ import annotations

import pytest

from govnet.kernel.clock_guard import PATIENCE, Steadiness

DAY = 86_400.0


class Machine:
    """A machine whose clock somebody sets, and whose running time nobody does."""

    def __init__(self) -> None:
        self.wall, self.running = 1_000_000.0, 50.0
        self.steadiness = Steadiness(lambda: self.wall, lambda: self.running)

    def after(self, seconds: float, *, jump: float = 0.0) -> bool:
        """Whether its clock can be believed when so many seconds have gone by, and it was set on by `jump`."""
        self.running += seconds
        self.wall += seconds + jump
        return self.steadiness.holds()


@pytest.mark.parametrize("seconds", [0.5, 60.0, 30 * DAY])
def test_time_that_goes_by_is_no_jump(seconds: float) -> None:
    assert Machine().after(seconds)


def test_a_clock_that_drifts_is_followed() -> None:
    machine = Machine()
    assert all(machine.after(3600.0, jump=1.0) for _ in range(1000))


@pytest.mark.parametrize("jump", [DAY, -DAY, 3600.0])
def test_a_day_forward_and_back_is_never_acted_upon(jump: float) -> None:
    machine = Machine()
    assert not machine.after(1.0, jump=jump)
    assert not machine.after(60.0)
    assert machine.after(1.0, jump=-jump)


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_stays_where_it_was_set_is_believed_after_ten_minutes(jump: float) -> None:
    machine = Machine()
    assert not machine.after(1.0, jump=jump)
    assert not machine.after(PATIENCE - 1)
    assert machine.after(2.0)
    assert machine.after(1.0)


def test_a_clock_that_jumps_again_is_waited_for_anew() -> None:
    machine = Machine()
    assert not machine.after(1.0, jump=DAY)
    assert not machine.after(PATIENCE - 1, jump=DAY)
    assert not machine.after(PATIENCE - 1)
    assert machine.after(2.0)
