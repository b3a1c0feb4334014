"""Numbers for Prometheus: measurements of this machine's processes, and figures from the database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from govnet.kernel import measures
from govnet.kernel.folders import ensure_directory
from govnet.mail import queries as mail
from govnet.operations import queries
from govnet.operations.health import status

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library keeps what each process counted; it has to be set before it is imported."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
KIND = "text/plain; version=0.0.4; charset=utf-8"


def start(data: str) -> None:
    """Have this process measure, for whichever process of this machine is asked. Called once, for the web and the worker."""
    folder = Path(data) / "metrics"
    ensure_directory(str(folder))
    for file in folder.glob("*.db"):
        if not _lives(file.stem.rpartition("_")[2]):
            file.unlink(missing_ok=True)
    os.environ[_FOLDER] = str(folder)
    measures.hear(_hearer())


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _hearer() -> measures.Hearer:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

    mine = CollectorRegistry()
    requests = Histogram(
        "govnet_request_seconds",
        "Answers: how long each took.",
        ("method", "route", "status"),
        buckets=_SECONDS,
        registry=mine,
    )
    lock = Histogram(
        "govnet_write_lock_seconds", "Waiting to write to the database.", buckets=_SECONDS, registry=mine
    )
    held = Histogram(
        "govnet_write_lock_held_seconds", "Nobody else could write.", buckets=_SECONDS, registry=mine
    )
    busy = Counter("govnet_database_busy", "Writes for which the database was too busy.", registry=mine)
    mails = Counter(
        "govnet_mails", "Mails handed to the mail server, by what it said.", ("state",), registry=mine
    )
    duties = Gauge(
        "govnet_duty_last_run_timestamp_seconds", "When the worker last did each duty.", ("duty",), registry=mine,
        multiprocess_mode="max",
    )  # fmt: skip

    def hear(what: str, value: float, labels: dict[str, str]) -> None:
        if what == "answer":
            requests.labels(**labels).observe(value)
        elif what == "write lock":
            lock.observe(value)
        elif what == "write lock held":
            held.observe(value)
        elif what == "busy":
            busy.inc()
        elif what == "mail":
            mails.labels(**labels).inc()
        elif what == "duty":
            duties.labels(**labels).set(time.time())

    return hear


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """An answer was sent. Methods that are none are one, so that nobody makes numbers without end."""
    known = method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
    measures.tell("answer", seconds, method=known, route=route, status=f"{status // 100}xx")


def text() -> bytes:
    """All of it, as Prometheus reads it."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if os.path.isdir(os.environ.get(_FOLDER, "")):  # which is lost with the machine's disk
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_InDatabase())
    return generate_latest(registry)


class _InDatabase:
    """Figures from the database: few statements, none of which can take long. Without it, that it is away."""

    def collect(self) -> Iterator[Any]:
        """Each number with its name."""
        from prometheus_client.core import GaugeMetricFamily

        outage = status.outage()
        yield GaugeMetricFamily(
            "govnet_database_up", "1 while the database can be written.", value=float(outage is None)
        )
        if outage is not None:
            return
        with suppress(SQLAlchemyError):
            yield from self._numbers(GaugeMetricFamily)

    def _numbers(self, family: Any) -> Iterator[Any]:
        status.bounded()
        ages = family(
            "govnet_queue_age_seconds",
            "How long the oldest thing in each queue has been due.",
            labels=["queue"],
        )
        for queue, seconds in mail.queue_ages().items():
            ages.add_metric([queue], seconds)
        yield ages
        mails = family(
            "govnet_deliveries", "Mails in each state; what is over is not counted.", labels=["state"]
        )
        for state, number in mail.deliveries_by_state().items():
            mails.add_metric([state], number)
        yield mails
        aside = family("govnet_duty_set_aside", "Things at which a duty failed for good.", labels=["duty"])
        for duty, number in queries.set_aside_by_duty().items():
            aside.add_metric([duty], number)
        yield aside
        parts = family("govnet_ready", "1 for each part of the installation that is well.", labels=["part"])
        for name, part in status.parts().items():
            parts.add_metric([name], float(part["ok"]))
        yield parts
