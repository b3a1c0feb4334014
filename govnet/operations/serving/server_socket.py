"""The socket that the web server listens on: taking the place, and letting nobody else in."""

from __future__ import annotations

import ctypes
import socket
import struct

import click

_ATTACH_FILTER = 26
"""SO_ATTACH_FILTER (Linux, asm-generic/socket.h)."""
_NO_SYN = (
    (0x30, 0, 0, 13),  # load the byte of the flags from the TCP header
    (0x54, 0, 0, 0x12),  # of them SYN and ACK
    (0x15, 0, 1, 0x02),  # is it SYN alone?
    (0x06, 0, 0, 0),  # then keep nothing of it
    (0x06, 0, 0, 0xFFFFFFFF),  # else all
)
"""A program for that filter: opcode, two jumps, operand (Linux, filter.h and bpf_common.h; RFC 9293, 3.1 for the header)."""


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
    """Have the system drop the first packet of each new connection, so that none begins between the last accept() and shutdown().

    Connections that are being made are finished: give them a moment before the last accept(). The clients of later ones
    try again after a second, and are refused then (Linux, socket(7): SO_ATTACH_FILTER). Raises OSError if a system has
    no such filter.
    """
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in _NO_SYN))
    what = struct.pack("HP", len(_NO_SYN), ctypes.addressof(program))
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, what)
