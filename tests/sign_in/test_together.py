"""People signing in at the same instant, on the same link."""

from __future__ import annotations

import threading
from contextvars import copy_context

from sqlalchemy import func, select

from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.sign_in import links, models
from govnet.sign_in.models import SignedInSession
from tests.accounts.conftest import newest_link
from tests.pages import send


def test_of_two_who_press_the_same_button_at_once_one_comes_in(app, client, ann, post):
    send(client, "/sign-in", {"email": ann.address})
    token = newest_link(app, post, ann.address).rpartition("/")[2]
    with client.session_transaction() as cookie:
        browser = cookie["browser"]
    ready, came = threading.Barrier(4), []

    def press():
        with app.app_context():
            ready.wait()
            with transaction():
                came.append(links.use(token, browser=browser, agent="") is not None)

    threads = [threading.Thread(target=copy_context().run, args=(press,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [False, False, False, True]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignedInSession)) == 1


def test_the_link_s_code_is_not_in_the_database(app, client, ann, post):
    send(client, "/sign-in", {"email": ann.address})
    path = newest_link(app, post, ann.address)
    code = "".join(
        c for c in app.test_client().get(path).text.split('class="digits"')[1][:90] if c.isdigit()
    )[:6]
    with app.app_context():
        row = db.session.scalars(select(models.SignInLink)).one()
        kept = "|".join(str(getattr(row, c.key)) for c in row.__mapper__.column_attrs)
    assert len(code) == 6
    assert code not in kept
    assert path.rpartition("/")[2] not in kept
