"""The form of the log: one JSON line an event for machines, text at a terminal; no addresses, tokens or query strings."""

from __future__ import annotations

import logging
import re
import secrets
import string
import sys
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from flask import Flask, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from werkzeug.wsgi import ClosingIterator

from govnet.kernel.log_throttle import Seldom
from govnet.kernel.outage import outage_of
from govnet.kernel.url_converters import FOR_MONITORS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE, REQUEST_ID = "govnet.route", "govnet.request_id"
"""Keys of a request's environ: the address as it was declared, and what all lines about this request carry."""
BURST = 10
"""How many lines a minute one kind of warning may have before it is counted instead."""
_ADDRESS = re.compile(r"[^\s@<>()\[\]{}\"'=,;:]{1,64}@[A-Za-z0-9.-]{1,253}")
_LONG = re.compile(r"[A-Za-z0-9_-]{20,}")
_QUERY = re.compile(r"\?[^\s\"']+")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
log = structlog.get_logger()


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Have govnet and its libraries write through one handler, in one form. Called by the command line, once."""
    out = stream or sys.stderr
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    shared: list[Any] = [merge_contextvars, add_log_level, add_logger_name, stamp]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(Repeats())
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=shared, processors=_to_text(out.isatty())))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # libraries tell of addresses and statements below that
    logging.getLogger("govnet").setLevel(level.upper())
    logging.captureWarnings(True)


def _to_text(terminal: bool) -> list[Any]:
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False) if terminal else structlog.processors.JSONRenderer()
    )
    as_text = structlog.processors.format_exc_info
    return [ProcessorFormatter.remove_processors_meta, as_text, _without_secrets, renderer]


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: clean(value) if isinstance(value, str) else value for name, value in event.items()}


def clean(text: str) -> str:
    """The same without e-mail addresses, query strings and what looks like a token."""
    return _LONG.sub(_unless_word, _QUERY.sub("?…", _ADDRESS.sub("…@…", text)))


def _unless_word(found: re.Match[str]) -> str:
    """A token has digits and letters of both cases, a digest digits and letters; names and paths have not."""
    word = found[0]
    letters = any(each.isalpha() for each in word)
    mixed = any(each.islower() for each in word) and any(each.isupper() for each in word)
    digits = sum(each in string.digits for each in word)
    return "…" if letters and ((digits and mixed) or digits >= 8) else word


class Repeats(logging.Filter):
    """Logs the database's trouble once with its traceback, then once a minute with how often it was met.

    Any other warning may come ten times a minute, its traceback once; then it is counted, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._outages, self._others, self._traces = Seldom(), Seldom(burst=BURST), Seldom()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; its content may change."""
        if record.levelno < logging.WARNING:
            return True
        event = record.msg if isinstance(record.msg, dict) else {}
        error = _error(event, record)
        outage = (outage_of(error) if error else None) or event.get("outage")
        said = event.get("event", record.msg)
        if outage is not None:
            name = getattr(outage, "name", outage)
            times = self._outages.times(name)
            event["outage"] = name
        else:
            times = self._others.times((record.name, str(said)[:200], type(error).__name__))
        if not times:
            return False
        if times > 1:
            event["times"] = times
        if error is not None and not self._traces.times((outage, str(said)[:200], _place(error))):
            event.pop("exc_info", None)
            record.exc_info = None
            event["error"] = type(error).__name__
        return True


def _error(event: MutableMapping[str, Any], record: logging.LogRecord) -> BaseException | None:
    given: Any = event.get("exc_info") or record.exc_info
    if given is True:
        return sys.exc_info()[1]
    if isinstance(given, tuple):
        given = given[1]
    return given if isinstance(given, BaseException) else None


def _place(error: BaseException) -> tuple[str, str, int]:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__, "", 0
    return type(error).__name__, trace.tb_frame.f_code.co_filename, trace.tb_lineno


def bind(app: Flask) -> None:
    """Keep each request's route where the line about it finds it. Before all else that looks at the request."""

    @app.url_value_preprocessor
    def _keep_route(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "?"


Seen = Callable[[str, str, int, float], None]


class AccessLog:
    """Writes a line about each answer once it is sent: method, route, status, milliseconds, bytes, and the request's mark."""

    def __init__(self, app: WSGIApplication, seen: Iterable[Seen] = ()) -> None:
        """`seen(method, route, status, seconds)` is called for each, too."""
        self.app, self.seen = app, tuple(seen)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and note how."""
        began, size = time.perf_counter(), 0
        given = environ.get("HTTP_X_REQUEST_ID", "")
        mark = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        environ[REQUEST_ID] = mark
        bind_contextvars(request_id=mark)
        status = 0

        def start(line: str, fields: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*fields, ("X-Request-ID", mark)], *more)

        def counted(body: Iterable[bytes]) -> Iterable[bytes]:
            nonlocal size
            for part in body:
                size += len(part)
                yield part

        def sent() -> None:
            route, seconds = environ.get(ROUTE, "?"), time.perf_counter() - began
            method = environ["REQUEST_METHOD"]
            quiet = environ.get("PATH_INFO") in FOR_MONITORS and status == 200
            (log.debug if quiet else log.info)(
                "answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1), bytes=size
            )
            for see in self.seen:
                see(method, route, status, seconds)
            clear_contextvars()

        body = self.app(environ, start)
        closing = [close] if (close := getattr(body, "close", None)) else []
        return ClosingIterator(counted(body), [*closing, sent])
