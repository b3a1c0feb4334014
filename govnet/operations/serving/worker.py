"""The worker: every duty in turn, again and again, until it is asked to end."""

import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from govnet.extensions import db
from govnet.kernel import measures
from govnet.kernel.clock_guard import Steadiness
from govnet.kernel.duties import WHOLE, Duty, duties, ending, failed, failed_whole, is_believed, succeeded
from govnet.kernel.errors import GovnetError

log = structlog.get_logger()
PAUSE = 0.5
SETTLE = 60.0
"""A duty that looks after things once in ten minutes or less often waits until the others have had a minute."""


def run(app: Flask, *, until: Callable[[], bool] = ending.is_set) -> None:
    """Do due work until asked to end. A duty that fails is logged, and tried again at its next turn."""
    steadiness = Steadiness()
    with app.app_context():
        _remember()
        next_at = {d.name: time.monotonic() + SETTLE for d in duties() if d.seconds >= 600}
    while not until():
        with app.app_context():
            busy = tick(duties(), next_at, believed=_holds(steadiness))
        if not busy:
            ending.wait(PAUSE)


def _remember() -> None:
    """Strike failures of an earlier worker from the list once they succeed."""
    try:
        _failing.update(failed_whole())
    except SQLAlchemyError as error:
        log.error("the failures of earlier workers could not be read", exc_info=error)


def _holds(steadiness: Steadiness) -> bool:
    """Whether the clock stands still beside the running time, and nothing else doubts it; no while that cannot be seen."""
    try:
        return steadiness.holds() and is_believed()
    except Exception as error:
        log.error("the clock could not be checked", exc_info=error)
        return False
    finally:
        db.session.remove()


def tick(due: Iterable[Duty], next_at: dict[str, float], *, believed: bool = True) -> int:
    """One turn of each duty whose time has come, and can be `believed` to have; how many things they did."""
    did = 0
    for duty in due:
        if duty.by_clock and not believed:
            continue
        if ending.is_set() or time.monotonic() < next_at.get(duty.name, 0.0):
            continue
        done = _safely(duty)
        did += done
        next_at[duty.name] = time.monotonic() + (0.0 if done and duty.seconds <= 1 else duty.seconds)
    return did


def _safely(duty: Duty) -> int:
    try:
        done = duty.run()
        measures.tell("duty", duty=duty.name)
        if duty.name in _failing:
            succeeded(duty.name, WHOLE)
            _failing.discard(duty.name)
        return done
    except Exception as error:
        _note(duty.name, error)
        return 0
    finally:
        db.session.remove()


_failing: set[str] = set()
"""Duties that failed as a whole in this process, and have not gone well since."""


def _note(name: str, error: Exception) -> None:
    _failing.add(name)
    try:
        failed(name, WHOLE, error)
    except (GovnetError, SQLAlchemyError, OSError) as worse:  # a database that is away notes nothing
        log.error("duty failed", duty=name, exc_info=error, worse=str(worse))


def end_on_signals() -> None:
    """SIGTERM and Ctrl-C let the mail in hand be finished, and nothing new be begun."""

    def _end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
