"""Several acts at the same moment, each in a thread with its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

from flask import Flask

from govnet.extensions import db


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same moment, each with the test's clock; what each returned or raised."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                found[number] = act()  # type: ignore[call-overload]
            except Exception as error:
                found[number] = error  # type: ignore[call-overload]
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=copy_context().run, args=(run, number, act))
        for number, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found
