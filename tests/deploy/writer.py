"""Writes into the record until it is killed, and says after each commit which entry it was: a time and a number a line."""

from __future__ import annotations

import time

from govnet import create_app
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.transaction import transaction
from govnet.operations import operators
from govnet.people.addresses import parsed
from govnet.people.persons import person_for
from govnet.record.queries import head

with create_app().app_context():
    with transaction():
        person = person_for(parsed("writer@example.org"), "Wren Writer").id
    while True:
        for change in (operators.give, operators.take):
            with transaction():
                change(person, by=SHELL, via=Door.CLI)
            print(time.time(), head(1)[0], flush=True)
            time.sleep(0.1)
