"""Where the door for mail may stand: on this machine or in its own network, never on an address of the internet."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from govnet.kernel.numbers import whole_number


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """A host and a port, or the `path` of a socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"unix:{self.path}" if self.path else f"{shown}:{self.port}"


def listen_address(text: str) -> ListenAddress:
    """Read LMTP_LISTEN: `127.0.0.1:8024`, `[::1]:8024`, `localhost:8024` or `unix:/run/govnet/lmtp`. Raises ValueError."""
    kind, _, path = text.partition(":")
    if kind == "unix":
        if not path.startswith("/") or len(path.encode()) > 100 or "\0" in path:
            raise ValueError("a socket needs its whole path, of at most 100 bytes")
        return ListenAddress(path=path)
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not port.isascii() or not 1 <= (whole_number(port) or 0) <= 65_535:
        raise ValueError("a port is a number from 1 to 65535")
    if host != "localhost":
        number = ip_address(host)
        near = number.is_loopback or (number.is_private and not number.is_unspecified)
        if not near or number.is_multicast:
            raise ValueError(
                f"{host} can be reached from elsewhere: mail is taken from this machine or network alone"
            )
    return ListenAddress(host, int(port))
