"""The HTTP server: waitress, bounded. One thread reads and writes all connections; only a whole request takes another's time.

It adds to waitress (docs/adr/0017): a total time for fields, body and answer, which a byte now and then does not prolong;
room for new connections at the expense of those that have waited longest; refusals before a body is kept; and an end that
finishes open requests.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.utilities import RequestEntityTooLarge

from govnet.kernel.client_address import address_of, peer_of
from govnet.operations.serving.http_refusals import FULL, LATE, Refusal, too_large
from govnet.operations.serving.server_socket import drop_newcomers

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
THREADS = 8
LARGEST_HEAD = 32 * 1024
_LOOK = 0.25
"""Seconds between two looks at whose time is over, or whether all is done."""
_IN_MEMORY = 128 * 1024
"""Bytes of one body; more of it goes into a file that has no name."""


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """How long and how much, for one process. Seconds are totals: a byte now and then does not begin them anew."""

    body: int = 1024 * 1024
    """Bytes; the same as the application's own limit."""
    waiting: float = 20.0
    """From the connection, or the last answer, until all fields of a request are there."""
    kept: float = 180.0
    """The same for a proxy that keeps a connection and has begun no request."""
    sending: float = 60.0
    """From the fields until the whole body is there."""
    answering: float = 600.0
    """Until a whole answer is taken."""
    stalled: float = 30.0
    """While nothing of an answer is taken."""
    lingering: float = 3.0
    """How long the rest of a body is thrown away, so that its sender reads why."""
    connections: int = 500
    a_peer: int = 40
    """Connections of one address (IPv6: of one /64) at a time."""
    last_call: float = 0.3
    """From SIGTERM until no more connections are taken, so that what had come by then is answered."""
    handshake: float = 0.5
    """From then on, how long connections that are being made may take until they stand."""
    parting: float = 2.0
    """How long a connection is silent by then before it is closed: until then its other end may be about to ask."""
    draining: float = 20.0
    """The time from SIGTERM until open requests are given up."""


class Parser(HTTPRequestParser):
    """A request: refused as soon as it is known to be too large, or says its length in two ways (RFC 9112, 6.1 and 6.3)."""

    error: Any

    def received(self, data: bytes) -> int:
        """Take bytes; how many."""
        taken: int = super().received(data)
        most = self.adj.max_request_body_size // 2  # what comes in chunks has more around it
        over = self.content_length > most or (self.chunked and len(self.body_rcv) > most)
        if isinstance(self.error, RequestEntityTooLarge) or (self.error is None and over):
            self.error, self.completed = too_large(most), True
        if self.error is not None:
            self.expect_continue = False  # waitress would ask for the body all the same
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError where a proxy might see the end of the body elsewhere."""
        lines = header_plus.split(b"\r\n")
        names = Counter(line.partition(b":")[0].strip().lower() for line in lines[1:])
        if names[b"transfer-encoding"] and (
            names[b"content-length"] or not lines[0].rstrip().endswith(b"HTTP/1.1")
        ):
            raise ParsingError("The end of the body is said in two ways")
        super().parse_header(header_plus)


class Channel(HTTPChannel):
    """A connection that knows since when it has been doing what it does."""

    parser_class = Parser
    request: Any
    requests: list[Any]
    will_close: bool
    close_when_flushed: bool
    sent_continue: bool
    total_outbufs_len: int
    last_activity: float

    def __init__(self, server: Server, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002
        super().__init__(server, sock, addr, adj, map=map)
        self.peer, self.is_proxy = peer_of(addr[0]), server.is_proxy(addr[0])
        self.since = time.monotonic()
        self._in_body = self._lingers = False
        self._behind = b""
        """Bytes behind the request in hand: read when its answer is taken, so that nobody queues hundreds."""

    @property
    def rests(self) -> bool:
        """Whether nothing of it is in hand: it sends, or is silent."""
        return not self.requests and not self.total_outbufs_len

    @property
    def silent(self) -> bool:
        """Whether it has begun no request."""
        return self.rests and not self._in_body and (self.request is None or not self.request.header_plus)

    @property
    def unread(self) -> bool:
        """Whether bytes have come that nobody has read yet: to close now would lose a request (RFC 9112, 9.5)."""
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def received(self, data: bytes) -> bool:
        """Take bytes, one request at a time, and note when a body begins."""
        with self.requests_lock:
            if self.will_close or self.close_when_flushed or self._lingers:
                return False
            self._behind += data
            while self._behind and not self.requests:
                self._parse()
            in_body = self.request is not None and self.request.headers_finished
            if in_body and not self._in_body:
                self.since = time.monotonic()
            self._in_body = in_body
        return True

    def _parse(self) -> None:
        if self.request is None:
            self.request = self.parser_class(self.adj)
        request = self.request
        self._behind = self._behind[request.received(self._behind) :]
        if request.expect_continue and request.headers_finished and not self.sent_continue:
            self.send_continue()
        if request.completed:
            self.sent_continue, self.request = False, None
            if not request.empty:
                self.requests.append(request)
                self.server.add_task(self)

    def service(self) -> None:
        """Answer a request, in a thread of its own."""
        self.since = time.monotonic()
        if self.server.ends:
            self.say_the_last()
        super().service()
        self.since = time.monotonic()

    def say_the_last(self) -> None:
        """Let the answers to open requests say that the connection closes after them (RFC 9112, 9.6)."""
        for request in list(self.requests):
            request.headers["CONNECTION"] = "close"

    def check(self, now: float, limits: ServerLimits) -> None:
        """Close it when its time is over."""
        spent = now - self.since
        if self._lingers:
            self.will_close = self.will_close or spent > limits.lingering
        elif not self.rests:
            stalled = time.time() - self.last_activity > limits.stalled
            late = bool(self.total_outbufs_len) and (stalled or spent > limits.answering)
            self.will_close = self.will_close or late
        elif self._in_body:
            if spent > limits.sending:
                self.refuse(LATE)
        elif spent > (limits.kept if self.is_proxy and self.silent else limits.waiting):
            if not self.silent:
                self.refuse(LATE)
            elif not self.unread:
                self.will_close = True

    def refuse(self, refusal: Refusal) -> None:
        """Close a connection that has no open request, with a message."""
        try:
            self.socket.send(refusal.whole())
        except OSError:
            self.will_close = True
        else:
            self._linger()

    def handle_write(self) -> None:
        """Send; before closing on somebody who still sends, let them read the answer (RFC 9112, 9.6)."""
        ends, self.close_when_flushed = self.close_when_flushed, False
        super().handle_write()
        if ends and self.connected and not self.will_close:
            if self.total_outbufs_len:
                self.close_when_flushed = True
            else:
                self._linger()

    def _linger(self) -> None:
        self._lingers, self.since = True, time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True

    def readable(self) -> bool:
        """Whether bytes are wanted; asked before each wait."""
        if self._lingers:
            return not self.will_close
        if self._behind and self.rests:
            self.received(b"")
        return not self._behind and bool(super().readable())

    def handle_read(self) -> None:
        """Take bytes, or throw them away."""
        if not self._lingers:
            super().handle_read()
            return
        try:
            if not self.socket.recv(65536):
                self.will_close = True
        except OSError:
            self.will_close = True


class Server(TcpWSGIServer):
    """Listens on one socket until drain()."""

    channel_class = Channel
    accepting: bool
    active_channels: dict[int, Channel]

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        sock: socket.socket,
        *,
        limits: ServerLimits = ServerLimits(),
        proxies: Sequence[Network] = (),
        threads: int = THREADS,
        shared: bool = False,
    ) -> None:
        """`shared`: others listen on this socket too, so that it is shut only where all of them end."""
        self.limits, self.proxies, self.shared = limits, tuple(proxies), shared
        self._all_end = self._doors_shut = False
        self._last_call: float | None = None
        adjustments = Adjustments(
            sockets=[sock],
            threads=threads,
            ident=None,
            backlog=1024,
            connection_limit=limits.connections + 100,
            cleanup_interval=0,
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=2 * limits.body,
            inbuf_overflow=_IN_MEMORY,
            asyncore_use_poll=True,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=False,
        )
        adjustments.asyncore_loop_timeout = _LOOK
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else a crowd fills the log as well
        where = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(
            self._from_proxies_only(application),
            map={},
            _sock=sock,
            adj=adjustments,
            sockinfo=where,
            bind_socket=False,
        )

    def _from_proxies_only(
        self, application: Callable[..., Iterable[bytes]]
    ) -> Callable[..., Iterable[bytes]]:
        """Keeps the forwarded fields only from a proxy's address."""

        def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if not self.is_proxy(environ["REMOTE_ADDR"]):
                for name in [
                    name for name in environ if name.startswith(("HTTP_X_FORWARDED", "HTTP_FORWARDED"))
                ]:
                    del environ[name]
            return application(environ, start)

        return answer

    def is_proxy(self, address: str) -> bool:
        """Whether a proxy of ours has this address."""
        known = address_of(address)
        return known is not None and any(known in network for network in self.proxies)

    def handle_accept(self) -> None:
        """Take a connection, and make room for it."""
        before = len(self.active_channels)
        super().handle_accept()
        if len(self.active_channels) > before:
            self._make_room(next(reversed(self.active_channels.values())))

    def _make_room(self, newest: Channel) -> None:
        """Close the connection idle for longest: of the newest's peer, if it has too many; of the busiest peer, if all have."""
        there = [channel for channel in self.active_channels.values() if not channel.will_close]
        a_peer = [channel for channel in there if channel.peer == newest.peer]
        if not newest.is_proxy and len(a_peer) > self.limits.a_peer:
            crowd = a_peer
        elif len(there) > self.limits.connections:
            busiest = Counter(channel.peer for channel in there if channel.rests).most_common(1)
            crowd = [channel for channel in there if busiest and channel.peer == busiest[0][0]]
        else:
            return
        resting = [channel for channel in crowd if channel.rests and channel is not newest]
        resting.sort(key=lambda channel: channel.since)
        for channel in resting:
            if not (channel.silent and channel.unread):
                channel.will_close = True
                return
        newest.refuse(FULL)

    def maintenance(self, now: float) -> None:
        """Close those whose time is over."""
        self.next_channel_cleanup = now + _LOOK
        for channel in list(self.active_channels.values()):
            channel.check(time.monotonic(), self.limits)
            if channel.will_close:
                channel.handle_close()  # waitress would wait until the other side takes bytes

    def drain(self, *, all_end: bool = True) -> None:
        """Take no more connections, answer arrived requests, then end run(). Whether `all_end` who share the socket."""
        self._all_end = self._all_end or all_end
        if self._last_call is None:
            self._last_call = time.monotonic() + self.limits.last_call
            for channel in list(self.active_channels.values()):
                channel.say_the_last()
        self.pull_trigger()

    @property
    def ends(self) -> bool:
        """Whether drain() was called."""
        return self._last_call is not None

    def handle_close(self) -> None:
        """Another process has shut the socket: nothing new comes, and requests that have arrived are answered."""
        self.accepting = False
        self.drain()

    def close(self) -> None:
        """Let go of everything, connections that did not end included."""
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        super().close()

    def readable(self) -> bool:
        """Whether connections are wanted; asked before each wait. Raises SystemExit when all is done after drain()."""
        wanted, now = bool(super().readable()), time.monotonic()
        if self._last_call is None or now < self._last_call:
            return wanted
        if self.accepting and not self._last_are_accepted(now):
            return wanted
        there = list(self.active_channels.values())
        for channel in there:
            if channel.silent and now - channel.since > self.limits.parting and not channel.unread:
                channel.will_close = True
        if not there or now > self._last_call + self.limits.draining:
            raise SystemExit(0)
        return False

    def _last_are_accepted(self, now: float) -> bool:
        """Let nobody new in, wait for connections that are being made, and accept them. Later ones are refused."""
        assert self._last_call is not None
        if self.shared and not self._all_end:
            self.accepting = False  # the others take the rest
            return True
        if not self._doors_shut:
            self._doors_shut = True
            with suppress(OSError):
                drop_newcomers(self.socket)
        if now < self._last_call + self.limits.handshake:
            return False
        self.accepting = False
        there = -1
        while there != len(self.active_channels):
            there = len(self.active_channels)
            self.handle_accept()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        return True


def networks(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and ranges (10.0.0.0/8) as networks. Raises ValueError for anything else."""
    return tuple(ipaddress.ip_network(each, strict=False) for each in addresses)
