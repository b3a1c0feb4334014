"""The web server's own answers, where the application is not asked: too large, too late, too many at once."""

from __future__ import annotations

from http import HTTPStatus

from waitress.utilities import Error


class Refusal(Error):
    """An answer without the application: a page of few words, in English because nobody's language is known yet."""

    def __init__(self, status: HTTPStatus, title: str, words: str) -> None:
        super().__init__(words)
        self.code, self.reason, self.title = status.value, status.phrase, title

    def to_response(self, ident: object = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, fields and body."""
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{self.title}</title><h1>{self.title}</h1><p>{self.body}</p></html>\n"
        ).encode()
        fields = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("Cache-Control", "no-store"),
        ]
        return f"{self.code} {self.reason}", fields, page

    def whole(self) -> bytes:
        """All of it as bytes, for a connection that closes then."""
        status, fields, body = self.to_response()
        fields += [("Content-Length", str(len(body))), ("Connection", "close")]
        return (
            "".join(
                [f"HTTP/1.1 {status}\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n"]
            ).encode()
            + body
        )


def too_large(most: int) -> Refusal:
    """For a body of more than `most` bytes."""
    words = (
        f"One page takes {most // (1024 * 1024)} MB at most, files included. Go back: what you wrote is still there. "
        "Leave the file out, or make it smaller, and send again."
    )
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too large", words)


LATE = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, "That took too long",
    "What you sent did not arrive in time. Go back: what you wrote is still there. Try again where the signal is better.",
)  # fmt: skip
FULL = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many at once",
    "Too many pages are asked for from your connection just now. Please try again in a moment.",
)  # fmt: skip
