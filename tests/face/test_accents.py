"""Each accent a network can choose is legible in light and dark (WCAG 2.2, criteria 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "govnet" / "static" / "govnet.css").read_text(encoding="utf-8")
ACCENTS = ("teal", "blue", "indigo", "plum", "brick", "amber", "green", "slate")
GROUNDS = ("paper", "surface", "wash")
SCHEMES = ("light", "dark")
Tokens = dict[str, str]


def _block(css: str, selector: str) -> Tokens:
    found = re.search(rf"^\s*{re.escape(selector)} \{{(.*?)\}}", css, re.S | re.M)
    assert found, f"no {selector} in govnet.css"
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", found[1]))


def tokens(accent: str, scheme: str) -> Tokens:
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    both = [light] if scheme == "light" else [light, dark]
    found: Tokens = {}
    for css in both:
        found |= _block(css, ":root") | _block(css, f'[data-accent="{accent}"]')
    return found


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, "relative luminance")."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_formula_gives_the_known_ratios() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("accent", ACCENTS)
def test_a_reader_can_read_links_and_buttons_in_every_accent(accent: str, scheme: str) -> None:
    t = tokens(accent, scheme)
    pairs = [(ink, ground) for ink in ("accent", "accent-deep") for ground in (*GROUNDS, "accent-soft")]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-deep"),
        ("ink", "accent-soft"),
        ("muted", "accent-soft"),
    ]
    weak = {f"{a} on {b}": round(contrast(t[a], t[b]), 2) for a, b in pairs if contrast(t[a], t[b]) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_reader_can_read_plain_and_coloured_text(scheme: str) -> None:
    t = tokens("teal", scheme)
    pairs = [(ink, ground) for ink in ("ink", "muted", "good", "warn", "bad") for ground in GROUNDS]
    pairs += [(kind, f"{kind}-soft") for kind in ("good", "warn", "bad")]
    weak = {f"{a} on {b}": round(contrast(t[a], t[b]), 2) for a, b in pairs if contrast(t[a], t[b]) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_fields_and_parts_of_bars_can_be_seen(scheme: str) -> None:
    t = tokens("teal", scheme)
    pairs = [
        (ink, ground) for ink in ("edge", "agree", "worry", "aside", "stop", "none") for ground in GROUNDS
    ]
    weak = {f"{a} on {b}": round(contrast(t[a], t[b]), 2) for a, b in pairs if contrast(t[a], t[b]) < 3}
    assert weak == {}


def test_every_accent_is_different_in_both_schemes() -> None:
    for scheme in SCHEMES:
        assert len({tokens(accent, scheme)["accent"] for accent in ACCENTS}) == len(ACCENTS)


def test_the_first_value_of_a_colour_is_the_light_token_it_stands_for() -> None:
    light = tokens("teal", "light")
    pattern = r"(?:color|background): (#[0-9a-f]{6}); (?:[a-z-]+): var\(--([a-z-]+)\)"
    wrong = [(literal, name) for literal, name in re.findall(pattern, CSS) if light[name] != literal]
    assert wrong == []
