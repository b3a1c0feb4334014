"""The work that a Markdown text may cause: limits on its output and on the steps, checked while it is read.

Everything is counted, nothing is timed, so that the same text is always taken or always refused.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from govnet.kernel.errors import RuleBroken

REL = "nofollow noopener ugc"
DEPTH = 100
"""Elements inside one another; lists and quotes end at 20 by themselves, emphasis does not."""
_STEPS = 4
"""Steps and parts for each character; plain English takes about a tenth of one, the worst honest text two."""
_OTHER_BLOCKS = ["paragraph", "reference", "blockquote", "list"]


class TooMuch(RuleBroken):
    """A text whose page would be far larger than the text."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "This text would make a page many times its own length. "
                "Use fewer links, tables, quotes or marks, or send it in parts."
            )
        )


def most(markdown: str) -> int:
    """How many characters of HTML may come of a text: ten times what went in, and 10 kB."""
    return 10 * len(markdown) + 10_000


def limits(markdown: str) -> dict[str, Any]:
    """The budget of a text, in the `env` of one run."""
    steps = _STEPS * len(markdown) + 2_000
    return {"out": most(markdown), "steps": steps, "parts": steps, "depth": DEPTH, "links": 0}


def use(env: MutableMapping[str, Any], what: str, much: int = 1) -> None:
    """Use up a part of the budget. Raises TooMuch if none is left."""
    env[what] -= much
    if env[what] < 0:
        raise TooMuch


def keep_within(markdown: MarkdownIt) -> None:
    """Have the parser count what it tries and makes; its `env` is `limits(...)` of the text."""

    def block_step(state: StateBlock, _start: int, _end: int, _silent: bool) -> bool:
        use(state.env, "steps")
        return False

    def inline_step(state: StateInline, _silent: bool) -> bool:
        use(state.env, "steps")
        return False

    def count_parts(state: StateCore) -> None:
        use(state.env, "parts", len(state.tokens))

    markdown.block.ruler.before("table", "steps", block_step, {"alt": _OTHER_BLOCKS})
    markdown.inline.ruler.before("text", "steps", inline_step)
    markdown.core.ruler.after("block", "parts", count_parts)


class Measured(RendererHTML):
    """Writes HTML and stops where it becomes too much. Knows, in `env`, whether it stands inside a link."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """As RendererHTML, within what `env` has left."""
        return self._written(tokens, options, env)

    def renderInline(  # noqa: N802 - the library's name
        self, tokens: Sequence[Token], options: OptionsDict, env: EnvType
    ) -> str:
        """The same for the inside of a block; counted here, and not once more by the block."""
        return self._written(tokens, options, env)

    def _written(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        out: list[str] = []
        for at, token in enumerate(tokens):
            use(env, "depth", token.nesting)
            if token.type == "inline":
                out.append(self._written(token.children or (), options, env))
                continue
            rule = self.rules.get(token.type)
            html = rule(tokens, at, options, env) if rule else self.renderToken(tokens, at, options, env)
            use(env, "out", len(html))
            out.append(html)
        return "".join(out)

    def link_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """With its address and what every link says; without the title, which nobody is shown."""
        env["links"] += 1
        return f'<a href="{escapeHtml(str(tokens[at].attrs.get("href", "")))}" rel="{REL}">'

    def link_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """Its end."""
        env["links"] -= 1
        return "</a>"

    def image(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A link in place of a picture, so that no reader's browser loads it unasked; text where a link is not allowed."""
        address = str(tokens[at].attrs.get("src", ""))
        words = escapeHtml(self.renderInlineAsText(tokens[at].children, options, env).strip() or address)
        if env["links"] or not address.lower().startswith(("http://", "https://")):
            return words
        return f'<a href="{escapeHtml(address)}" rel="{REL}">{words}</a>'
