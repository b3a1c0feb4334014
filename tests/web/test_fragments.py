"""HTML drawn once and filled many times is what drawing it each time would have been."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from govnet.forum.states import PostState
from govnet.forum.threads.page import PageContext, Viewer, _article
from govnet.kernel.actor import Door
from govnet.kernel.clock import now
from govnet.kernel.text import clean
from govnet.web.fragments import Drawn, gap
from govnet.web.pages import moments

LINE = '<a href="{{ url }}/{{ key }}" title="{{ words }}">{{ words }}</a>{{ html }}'
DRAWING = Environment(autoescape=True, loader=DictLoader({"line": LINE})).get_template("line")


@given(url=st.text(), key=st.integers(), words=st.text(), html=st.text().map(Markup))
def test_filling_gaps_is_drawing_with_the_values(url: str, key: int, words: str, html: Markup) -> None:
    drawn = Drawn(DRAWING.render({name: gap(name) for name in ("url", "key", "words", "html")}))
    values = {"url": url, "key": key, "words": words, "html": html}
    assert drawn.filled(values) == DRAWING.render(values)
    assert drawn.filled(values | {"words": "other"}) == DRAWING.render(values | {"words": "other"})


def test_people_s_text_is_never_a_gap() -> None:
    said = f"{gap('key')}<b>"
    assert (
        str(Drawn(DRAWING.render(url="/", key=gap("key"), words="", html="")).filled({"key": said})).count(
            "<b>"
        )
        == 0
    )
    assert gap("key") not in clean(said)


def test_a_gap_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        Drawn(gap("number")).filled({})


def test_every_shape_of_a_post_is_filled(app: Flask, context: None) -> None:
    """For each reader, and each state of the post: no gap stays, and no value is missing."""
    place = PageContext(
        moments("Europe/London"), "/uk/forum/1", "/uk/forum/posts/", "/uk/forum/moderation", "", "en"
    )
    seen = set()
    for state in PostState:
        for bits in range(1 << 7):
            flag = [bool(bits & 1 << n) for n in range(7)]
            me, count, revision = (7 if flag[0] else None), int(flag[1]), 1 + flag[2]
            viewer = Viewer(me, flag[3], flag[4] and bool(me), flag[5], flag[3])
            row = (
                3,
                40,
                7 if flag[6] else 8,
                "Ann",
                "<p>Yes</p>",
                Door.MAIL,
                now(),
                revision,
                state,
                count,
                5,
                "rude",
                flag[4],
            )
            html = _article(row, row[4], place, viewer, 2, ("Ann <i>", "Coordinator" if flag[2] else ""))
            assert "\x02" not in html
            assert "Ann &lt;i&gt;" in html
            assert ("<p>Yes</p>" in html) == (state is PostState.VISIBLE)
            assert ("/uk/forum/posts/40/edit" in html) == (
                state is PostState.VISIBLE and viewer.writes and me == row[2]
            )
            seen.add(html)
    assert len(seen) > 60
