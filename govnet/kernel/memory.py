"""Memory of a process that runs for weeks."""

import gc


def settle() -> None:
    """Call once, when the program stands: what it is made of is no garbage, and is not looked through for it any more.

    Each time that would stop all threads for some 0.1 s, the one that holds the lock of the database too.
    """
    gc.collect()
    gc.freeze()
