"""A phone on a weak signal pays for every byte, and the content policy allows no inline style or script."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUDGETS = {"govnet.css": 9 * 1024, "govnet.js": 5 * 1024, "icon.svg": 1024}
TOO_NEW = r":has\(|:is\(|:where\(|light-dark\(|clamp\(|\binset:|[^-]gap:|@layer|@container"
PAGES = sorted(p for p in (ROOT / "templates").rglob("*.html") if "mail" not in p.relative_to(ROOT).parts)


@pytest.mark.parametrize("name", BUDGETS)
def test_a_static_file_stays_within_its_budget(name: str) -> None:
    packed = gzip.compress((ROOT / "govnet" / "static" / name).read_bytes(), 6)
    assert len(packed) <= BUDGETS[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_template_has_no_style_or_script_of_its_own(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", source)
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []


def test_the_stylesheet_asks_nobody_else_for_anything() -> None:
    css = (ROOT / "govnet" / "static" / "govnet.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css


def test_the_stylesheet_stands_in_browsers_of_2017() -> None:
    css = (ROOT / "govnet" / "static" / "govnet.css").read_text(encoding="utf-8")
    passed_over = re.compile(
        r"@supports selector\([^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}"
    )  # old browsers read no further
    assert re.findall(TOO_NEW, passed_over.sub("", css.split("*/", 1)[1])) == []
