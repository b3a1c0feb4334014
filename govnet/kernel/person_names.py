"""Names of people: no invisible characters, no scripts mixed inside one word, and no office instead of a name.

After UTS 39 (Unicode security mechanisms): a word is of one script, or of those that one language writes together
("highly restrictive", without Latin beside others but in Chinese, Japanese and Korean).
"""

from __future__ import annotations

import unicodedata

import regex

from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said

MOST_MARKS = 4
"""Combining marks on one letter; no living script stacks more."""
_MOST_KEY = 200
_UNSEEN = regex.compile(
    r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\ufffd]"
)
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]")
_JOINER_AFTER = regex.compile(r"[\p{Canonical_Combining_Class=9}]")
"""A virama: after it a joiner says how two letters of an Indic script meet."""
_NON_JOINER_BETWEEN = regex.compile(
    r"(?=\p{L})[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}]"
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’ʼ]+")
_ONE_SCRIPT = (
    {"Han", "Hiragana", "Katakana", "Latin"},
    {"Han", "Bopomofo", "Latin"},
    {"Han", "Hangul", "Latin"},
)
_SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic", "Syriac", "Thaana", "Nko", "Devanagari",
    "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Tibetan",
    "Myanmar", "Ethiopic", "Cherokee", "Canadian_Aboriginal", "Khmer", "Mongolian", "Hiragana", "Katakana", "Bopomofo", "Han",
    "Hangul", "Yi", "Coptic", "Gothic", "Tifinagh", "Lisu", "Vai", "Javanese", "Balinese", "Cham", "Ol_Chiki", "Adlam",
)  # fmt: skip
_SCRIPT = {name: regex.compile(rf"\p{{Script={name}}}") for name in _SCRIPTS}
_LETTER = regex.compile(r"\p{L}")
_LETTERS = regex.compile(r"\p{L}+")
_SHARED = regex.compile(r"[\p{Common}\p{Inherited}]")
_BETWEEN = regex.compile(r"[()\[\]{},;:·•|/–—]|\s-\s")
_IMITATED = ("<wide>", "<font>", "<circle>", "<square>", "<super>", "<sub>")
_KNOWN_SIGNS = "ªº™℠№"
_ROLES = frozenset({
    "coordinator", "committee", "steering", "chair", "chairperson", "chairman", "chairwoman", "secretary", "treasurer",
    "operator", "moderator", "admin", "administrator", "administration", "govnet", "official", "system", "postmaster",
    "webmaster", "root", "support", "helpdesk",
})  # fmt: skip
"""Words for an office here, or elsewhere on the net."""
_BESIDE_ROLES = _ROLES | {
    "the", "of", "and", "our", "your", "co", "vice", "deputy", "acting", "network", "group", "board", "member", "members",
    "team", "officer", "officers", "office", "s",
}  # fmt: skip
_LOOK = str.maketrans("01345$@|", "oleassal")


def trouble(name: str, *, person: bool = False) -> Said | None:
    """The mistake in a name as it was typed, with the way to correct it; None if there is none.

    `person`: nobody is called by an office. Others check whether it is empty, and its length.
    """
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    unseen = _first_unseen(text)
    if unseen:
        return Said(
            N_(
                "This name contains a character that cannot be seen (%(what)s). Delete the name and type "
                "it again."
            ),
            {"what": unseen},
        )
    if _stacked(text):
        return Said(N_("This name has too many marks above or below a letter. Type it without them."))
    if text and not any(character.isalnum() for character in text):
        return Said(N_("A name needs letters. Type it again."))
    if any(_imitates(character) for character in text):
        return Said(N_("This name contains signs that only look like letters. Type it with plain letters."))
    for word in _WORD.findall(text):
        if _mixed(word):
            return Said(
                N_(
                    "“%(word)s” mixes letters of different alphabets that look alike. Type it in one "
                    "alphabet."
                ),
                {"word": word},
            )
    if person and (is_office(text) or _marked(text)):
        return Said(N_("This is what an office is called. Enter the name by which people know the person."))
    return None


def _first_unseen(text: str) -> str:
    """The code point of the first character that nobody sees and that no script needs where it stands."""
    for at, character in enumerate(text):
        if _UNSEEN.match(character) and not _needed(text, at):
            return f"U+{ord(character):04X}"
    return ""


def _needed(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "\ufe0f":
        return bool(_PICTURE.match(before or " ")) or before in ("©", "®", "™")
    if not before or not _LETTER.match(after or " "):
        return False
    if text[at] in "\u200c\u200d" and _JOINER_AFTER.match(before):
        return True
    return text[at] == "\u200c" and all(_NON_JOINER_BETWEEN.match(each) for each in (before, after))


def _stacked(text: str) -> bool:
    """Whether marks are piled up, or one has no letter below it."""
    run, base = 0, False
    for character in text:
        if unicodedata.category(character) not in ("Mn", "Me") or character == "\ufe0f":
            run, base = 0, not character.isspace()
            continue
        run += 1
        if run > MOST_MARKS or not base or unicodedata.category(character) == "Me":
            return True
    return False


def _imitates(character: str) -> bool:
    """A letter in another dress: 𝐀, Ⓐ, 🄰, Ａ."""
    if character.isascii() or not unicodedata.decomposition(character).startswith(_IMITATED):
        return False
    return bool(_LETTER.search(unicodedata.normalize("NFKC", character))) and character not in _KNOWN_SIGNS


def _mixed(word: str) -> bool:
    found = {name for letter in word if (name := _script_of(letter))}
    return len(found) > 1 and not any(found <= together for together in _ONE_SCRIPT)


def _script_of(letter: str) -> str:
    """The script of a letter; "" for digits, marks and what all scripts share."""
    if letter.isascii():
        return "Latin" if letter.isalpha() else ""
    if not _LETTER.match(letter):
        return ""
    return next((name for name, pattern in _SCRIPT.items() if pattern.match(letter)), _other(letter))


def _other(letter: str) -> str:
    """Rarer scripts are told apart by the first word of the letter's name."""
    return "" if _SHARED.match(letter) else unicodedata.name(letter, "?").split()[0]


def _marked(name: str) -> bool:
    """Whether an office, or that somebody speaks for something, is written beside the name as a mark would be."""
    parts = [part for part in _BETWEEN.split(name) if part.strip()]
    return (len(parts) > 1 and any(is_office(part) for part in parts)) or "speaks for" in name.casefold()


def is_office(name: str) -> bool:
    """Whether a name says an office and nothing else, or the program, however it is written."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK)
    words = _LETTERS.findall("".join(c for c in plain if not unicodedata.combining(c)))
    joined = "".join(words)
    return (
        joined in _ROLES
        or (bool(_ROLES.intersection(words)) and _BESIDE_ROLES.issuperset(words))
        or "govnet" in words
    )


def key(name: str) -> str:
    """The form in which two names are compared: no case, no widths, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())[
        :_MOST_KEY
    ]


def proper(name: str, field: str, *, person: bool = False) -> str:
    """The name, if it may be kept. Raises RuleBroken naming the field."""
    said = trouble(name, person=person)
    if said is not None:
        raise RuleBroken(said, field=field)
    return name


def can_be_read(text: str) -> bool:
    """Whether a cleaned text can be a name: something in it can be read."""
    return any(c.isalnum() for c in text)
