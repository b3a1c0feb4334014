"""The client for counting: an address, or the /64 that one household has of IPv6."""

from __future__ import annotations

import ipaddress

from flask import request

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(text: str) -> Address | None:
    """The address in a text; an IPv4 address inside IPv6 is itself. None for anything else."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def peer_of(text: str) -> str:
    """The key of everybody who may be the same client: the address, or the first 64 bits of an IPv6 address."""
    known = address_of(text)
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known or text)


def asker() -> str:
    """The sender of this request."""
    return peer_of(request.remote_addr or "")
