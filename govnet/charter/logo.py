"""A network's logo: what somebody uploads becomes one small picture that holds nothing but its pixels."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import structlog
from flask_babel import gettext as _

from govnet.charter.models import LARGEST_LOGO, LOGO_HEIGHT, LOGO_WIDTH
from govnet.kernel.errors import RuleBroken

log = structlog.get_logger()

MOST_BYTES = 900_000
"""The largest upload: it comes with a form, which takes 1 MB in all."""
MOST_PIXELS = 8_000_000
SMALLEST = 16
"""The pixels, on either side, of the stored picture."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_LIGHT = 48 * 1024
"""Bytes up to which a logo keeps all its colours; a heavier one gets 256."""
_one_at_a_time = threading.Lock()
"""So that requests at once do not each hold a large picture in memory."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG without metadata, and its size in pixels."""

    png: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """SHA-256, in hex: its address, and what the record holds."""
        return sha256(self.png).hexdigest()


def readable(raw: bytes) -> Logo:
    """Make the logo from an uploaded file, whatever its name. Slow: call it before the transaction.

    Of an animation it is the first picture; it is turned as its camera says. Raises RuleBroken (field "logo") if the file
    is too large, too small, damaged, or no picture of the accepted kinds.
    """
    if len(raw) > MOST_BYTES:
        raise _refused(
            _("This file is larger than %(most)s KB. Save the logo smaller.", most=MOST_BYTES // 1000)
        )
    if _is_drawing(raw):
        raise _refused(_("This is an SVG drawing, which can hold programs. Save it as a PNG picture."))
    with _one_at_a_time:
        return _kept(_small(raw))


def _refused(words: str) -> RuleBroken:
    return RuleBroken(words, field="logo")


def _is_drawing(raw: bytes) -> bool:
    head = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<svg" in raw[:65536].lower()


def _small(raw: bytes) -> Any:
    """The first picture in it, upright, in RGBA, no larger than a logo is kept."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # only a change of the logo waits for it

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            found.draft("RGB", (2 * LOGO_WIDTH, 2 * LOGO_HEIGHT))
            found.load()
            whole = _eight_bits(found).convert("RGBA")
            whole.thumbnail((2 * LOGO_WIDTH, 2 * LOGO_WIDTH))  # before it is turned: less to hold
            whole = ImageOps.exif_transpose(whole)
    except bombs:
        most = MOST_PIXELS // 1_000_000
        words = _("This picture has more than %(most)s million pixels. Save the logo smaller.", most=most)
        raise _refused(words) from None
    except UnidentifiedImageError:
        raise _refused(_("We cannot read this as a picture. Choose a PNG, JPEG, WebP or GIF file.")) from None
    except Exception as error:  # the library raises a dozen kinds on what strangers make for it
        log.info("a picture cannot be read", error=type(error).__name__)
        words = _("This picture is damaged or incomplete. Save it again, as a PNG, and choose the new file.")
        raise _refused(words) from error
    whole.thumbnail((LOGO_WIDTH, LOGO_HEIGHT), Image.Resampling.LANCZOS)
    if min(whole.size) < SMALLEST:
        words = _(
            "This picture is too small or too narrow: a logo needs %(least)s pixels each way.", least=SMALLEST
        )
        raise _refused(words)
    return whole


def _eight_bits(picture: Any) -> Any:
    """Greys of 16 bits as 8: converting alone would make all but the darkest white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")


def _kept(picture: Any) -> Logo:
    """Its pixels alone, written anew."""
    from PIL import Image

    pixels = Image.frombytes("RGBA", picture.size, picture.tobytes())
    png = _png(pixels if pixels.getchannel("A").getextrema() != (255, 255) else pixels.convert("RGB"))
    if len(png) > _LIGHT:
        png = _png(pixels.quantize(256, method=Image.Quantize.FASTOCTREE))
    if len(png) > LARGEST_LOGO:
        raise RuntimeError(f"a logo of {len(png)} bytes")
    return Logo(png, pixels.width, pixels.height)


def _png(picture: Any) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
