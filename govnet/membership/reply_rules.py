"""What somebody's answer by mail says: yes, or nothing that a program should act on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_YES = """
    yes yep yeah yup aye confirm confirmed
    ie ia ydw yndw ydwyf ydym ydyn ydan ydy oes cadarnhau cadarnhaf cadarnhawn cadarnhawyd
"""
ASSENT = frozenset(_YES.split())
"""Words of which an answer that says yes has one, in English and in Welsh."""
_ENGLISH = """
    i i'm i'd am a an and are as we we're we'd is it still do to that this my our me us the of on in be
    member members membership list please thanks thank you many ok okay sure hello hi dear all very much kind regards best
    indeed certainly definitely absolutely course happy happily glad gladly delighted want wish would like remain stay
    keep continue that's right correct true here from count in for now as before
"""
_WELSH = """
    diolch diolchiadau fawr yn iawn dal o hyd i fi ni dw dwi dwi'n rwy rwy'n rwyf rydw rydwyf rydyn rydym wyf yr y os gwelwch
    dda chi aelod aelodau aelodaeth fy ein eisiau hoffwn hoffem fod bod parhau barhau aros plis
    siŵr wedi helo annwyl cofion gorau pob hwyl wrth gwrs
    mae hyn hynny
"""
AROUND = frozenset(f"{_ENGLISH} {_WELSH}".split())
"""Words that may stand around it. Any other word is one that the program does not understand, such as "not" or "off"."""
_GREETINGS = frozenset(
    {"hello", "hi", "hiya", "dear", "good", "helo", "annwyl", "bore", "prynhawn", "noswaith", "shwmae"}
)
_DEVICE = re.compile(r"(?i)(sent (from|via|by|with)|get outlook|anfonwyd (o|drwy))\b")
"""What a telephone adds, in some programs above the words."""
_MOST_WORDS = 12


def says_yes(lines: Sequence[str], name: str = "") -> bool:
    """Whether the first line that greets nobody says yes and nothing else but, perhaps, the sender's `name`.

    It is strict on purpose: "Yes, take me off the list" is no yes. Who is not understood is told how to say it.
    """
    named = set(_words(name))
    for line in lines:
        words = _words(line)
        if not words:
            return False
        if _DEVICE.match(line) or (words[0] in _GREETINGS and not ASSENT & set(words)):
            continue
        short = len(words) <= _MOST_WORDS and "?" not in line
        return short and bool(ASSENT & set(words)) and set(words) <= ASSENT | AROUND | named
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).replace("’", "'").casefold())
