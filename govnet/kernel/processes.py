"""Messages between a process and its parent: that it is ready, and that one of them has ended."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from subprocess import TimeoutExpired
from typing import NoReturn

import click

GRACE = 25.0
"""Seconds that a process has to end: a little more than the web has to answer the last requests."""


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

    def hold_as_child(self) -> None:
        """For a forked child: let go of the end that is the parent's, and end when that closes."""
        os.close(self._own)
        end_with_parent(self.child)


class Forked:
    """A child that shares with this process the memory of the loaded program, and has all else of its own.

    Only while this process has one thread and no connection open: a child has no other threads, and their locks stay
    locked in it (POSIX, fork()). Answers as a subprocess.Popen does.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        """Run `work` in a child; neither knows the signals' handlers of before."""
        self._code: int | None = None
        self._lock = threading.Lock()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
        self.pid = os.fork()
        if self.pid == 0:
            _end_of_child(work, blocked)
        self._pidfd = os.pidfd_open(self.pid)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    @staticmethod
    def possible() -> bool:
        """Whether this process may fork now, and can see its children end."""
        return hasattr(os, "pidfd_open") and threading.active_count() == 1

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with self._lock:
            if self._code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if pid else None
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended, and how; raises subprocess.TimeoutExpired after `timeout` seconds."""
        select.select([self._pidfd], [], [], timeout)
        code = self.poll()
        if code is None:
            raise TimeoutExpired("a forked child", timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _end_of_child(work: Callable[[], object], blocked: Iterable[int]) -> NoReturn:
    """Do the work and end without what the parent would do at its own end."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        os.environ.pop("NOTIFY_SOCKET", None)
        work()
        code = 0
    except SystemExit as ends:
        code = ends.code if isinstance(ends.code, int) else int(ends.code is not None)
    except BaseException:
        logging.getLogger(__name__).exception("a child process failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


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
