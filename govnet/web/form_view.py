"""One write behind one form, or behind one button: the way in which every view handles what is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import flash, redirect
from werkzeug.wrappers import Response

from govnet.kernel.errors import Conflict, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.kernel.translation import say
from govnet.web.forms import Form
from govnet.web.submissions import once

T = TypeVar("T")


def form_view(
    form: Form,
    do: Callable[[], T],
    to: str | Callable[[T], str],
    show: Callable[[int], Response],
    *,
    done: object = None,
    makes: bool = False,
    look: bool = False,
    first: Callable[[], Response | None] | None = None,
    stale: Callable[[Any], Response] | None = None,
    then: Callable[[], Response] | None = None,
) -> Response:
    """Show a form and take it, at one address.

    A valid form has `do` called in one transaction; then `to` is the address to go to (303), or makes it
    from what was done, inside the transaction. Everything else is `show(status)`, with 200 for a form that is asked
    for and 422 for one with something wrong in it: rows have been expired by then, so it looks them up by their ids.

    `done` is said on the page that follows, or makes the words from what was done. `makes`: something new is made, once
    for each form however often it is sent. `look`: nothing is done yet, and the form is shown again with 200 where it
    is valid. `first` is called before anything is locked, and its page answers where it makes one: a page to check
    before it is done. A rule that it breaks is said on the form. `stale` answers where what the form is about has changed
    meanwhile. `then` makes the page that answers once it is done, where no address shows it.
    """
    if not form.validate_on_submit() or look:
        return show(422 if form.errors else 200)
    try:
        with form.catching():
            if first is not None and (answer := first()) is not None:
                return answer
            answer = _make(form, do, to, done) if makes else _do(do, to, done)
            return then() if then is not None else answer
    except Conflict as changed:
        if stale is None:
            raise
        return stale(changed)
    return show(422)


def _make(form: Form, do: Callable[[], T], to: str | Callable[[T], str], done: object) -> Response:
    return once(form, do, to if callable(to) else lambda _made: to, done)


def _do(do: Callable[[], T], to: str | Callable[[T], str], done: object) -> Response:
    with transaction():
        result = do()
        address = to(result) if callable(to) else to
        words = done(result) if callable(done) else done
    if words:
        flash(str(words), "success")
    return redirect(address, 303)


def press(do: Callable[[], object], to: str, *, done: object = None, otherwise: str = "") -> Response:
    """Do in one transaction what a button says, and go to an address (303), with what a rule says against it.

    `otherwise` is where to go instead where a rule is against it.
    """
    try:
        return _do(do, to, done)
    except RuleBroken as broken:
        flash(say(broken.message), "warning")
        return redirect(otherwise or to, 303)
