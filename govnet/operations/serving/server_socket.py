"""The socket that the web server listens on: taking the place, and letting nobody else in."""

from __future__ import annotations

import ctypes
import socket
import struct

import click

_ATTACH_FILTER, _RETURN = 26, 0x06
"""SO_ATTACH_FILTER, and BPF_RET | BPF_K: of each packet keep so many bytes (Linux, asm-generic/socket.h and filter.h)."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. ClickException, saying what to do, where something else listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on port {port}: {error.strerror}. Set PORT to another number."
        ) from error
    sock.setblocking(False)
    return sock


def drop_newcomers(sock: socket.socket) -> None:
    """Have the system drop new connections from now on, so that none comes between the last accept() and shutdown().

    Earlier ones are there to be accepted. The clients of later ones try again after a second, and are refused then
    (Linux, socket(7): SO_ATTACH_FILTER). Raises OSError if a system has no such filter.
    """
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(nothing)))
