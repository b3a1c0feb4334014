"""One of several workers, for tests: does each duty when it is told to, at a moment that stands still.

python -m tests.operations.colleague DATABASE_URL DATA_FOLDER INSTANT MAIL_PORT SEED
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from datetime import datetime
from typing import Any

from sqlalchemy import event

from govnet import create_app
from govnet.extensions import db
from govnet.kernel import clock, duties
from tests.operations.due import OF_EACH, REPLIES

TURNS = 40


def main(url: str, folder: str, instant: str, port: str, seed: str) -> None:
    """Say "ready" and wait for a line before each duty; at the end say how much each did. The log goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    settings = {
        "SQLALCHEMY_DATABASE_URI": url,
        "DATA_DIR": folder,
        "MAIL_PORT": int(port),
        "MAIL_REPLIES": REPLIES,
    }
    app = create_app(settings)
    dice, did = random.Random(int(seed)), {}
    with app.app_context(), clock.moved_to(datetime.fromisoformat(instant)):

        @event.listens_for(db.engine, "before_cursor_execute")
        def _dawdle(*_statement: Any) -> None:
            time.sleep(dice.random() * 0.004)  # so that whatever can cross, crosses

        for duty in duties.duties():
            print("ready", file=answers, flush=True)
            if not sys.stdin.readline():
                return
            did[duty.name] = sum(_turns(duty))
            db.session.remove()
    print(json.dumps(did), file=answers, flush=True)


def _turns(duty: duties.Duty) -> list[int]:
    turns = []
    while len(turns) < TURNS:
        turns.append(duty.run())
        if not turns[-1] or duty.name in OF_EACH:
            break
    return turns


if __name__ == "__main__":
    main(*sys.argv[1:])
