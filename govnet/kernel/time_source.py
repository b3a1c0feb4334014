"""A second opinion on the time: whether the operating system keeps this machine's clock by a time server."""

from __future__ import annotations

import ctypes

_UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of linux/timex.h: set until a time server has been heard, and again when it is silent for long."""


class _Timex(ctypes.Structure):
    """The beginning of Linux' struct timex, and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def is_synchronised() -> bool:
    """Whether the kernel says that a time server keeps its clock: what `timedatectl` shows (adjtimex(2)).

    False where the system cannot be asked.
    """
    told = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (AttributeError, OSError, TypeError):
        return False
    return state >= 0 and not told.status & _UNSYNCHRONISED
