"""Messages between a process and its parent: that it is ready, and that one of them has ended."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import suppress

import click

GRACE = 25.0
"""Seconds that a process has to end: a little more than the web has to answer what came."""


def tell_service_manager(state: str) -> None:
    """Send a line such as READY=1 to systemd, where it asked for it (sd_notify(3), Type=notify)."""
    where = os.environ.get("NOTIFY_SOCKET")
    if not where:
        return
    address = "\0" + where[1:] if where.startswith("@") else where
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), address)


class Lifeline:
    """A pipe that this process holds open while it lives: children watch their end, and end when it closes.

    However this process ends, kill -9 included, the system closes it. Unlike PR_SET_PDEATHSIG it leaves no gap between
    starting a child and its asking, and does not go by threads.
    """

    def __init__(self) -> None:
        self.child, self._own = os.pipe()


def end_with_parent(lifeline: int) -> None:
    """Have this process asked to end, as by SIGTERM, when the other end of the pipe closes; it must be gone 25 s later."""

    def watch() -> None:
        with suppress(OSError):
            os.read(lifeline, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _watch_it(_ctx: click.Context, _option: click.Parameter, lifeline: int | None) -> None:
    if lifeline is not None:
        end_with_parent(lifeline)


LIFELINE = click.option(
    "--lifeline",
    type=click.IntRange(0),
    hidden=True,
    expose_value=False,
    callback=_watch_it,
    help="The pipe of a parent, with which this process ends.",
)
"""For the commands that others start."""
