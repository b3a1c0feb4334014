"""Memory of a process that runs for weeks."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Make what the program is made of without looking for garbage in it, then or when the process ends: that took a third of a
    command's time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collecting:
            gc.enable()


def settle() -> None:
    """Call once, when the program stands: its own objects are no garbage, and are not looked through for it any more.

    Each time that would stop all threads for some 0.1 s, the one that holds the lock of the database too. The mappers of
    the tables are configured here too, which the first statement would have to do.
    """
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    gc.unfreeze()
    gc.collect()
    gc.freeze()
