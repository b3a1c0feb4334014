"""One-time links by mail: asked for, opened, used, or stood for by six digits."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import and_, delete, func, or_, select, update

from govnet.charter.queries import top_networks
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import together
from govnet.mail import subscriptions
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.mail.page_addresses import site, site_url
from govnet.mail.rules import Priority
from govnet.people import persons
from govnet.people.models import Person
from govnet.sign_in import limits, queries, rules, sessions
from govnet.sign_in.models import SignedInSession, SignInLink

_ANY_BROWSER = rules.digest("")
"""In the place of the browser that asked: nobody did, and the reader of the mail signs in where they read it."""


@dataclass(frozen=True)
class Opened:
    """The page of a link in the browser that opened it."""

    state: rules.LinkState
    here: bool = False
    """This browser asked for it."""
    name: str = ""
    person_id: int | None = None
    code: str = ""
    next_path: str = ""


@dataclass(frozen=True)
class Entered:
    """Somebody came in: the new session's token for the cookie, and where they wanted to go."""

    token: str
    person_id: int
    next_path: str


def ask(address: str, *, browser: str, next_path: str = "", network: Any = None) -> datetime | None:
    """Mail a one-time link to the owner of the address; to an address that nobody has, a mail that says so.

    Five mails go out in an hour and fifteen in a day. After that the newest mailed link lasts until another may be sent,
    and works in this browser too: whatever strangers asked for, its owner gets in. Returns until when;
    None if a mail goes out.
    Somebody from an old list, whose only address this is, proves it by signing in.
    Known addresses and others take the same rows, statements and mails, so that nothing tells one from the other.
    """
    known = persons.known_by(address)
    person = db.session.get_one(Person, known.person_id) if known is not None else None
    takes = subscriptions.taken_by(address)
    counted = limits.counted(address).key
    mailed = _mailed_lately(counted)
    newest = mailed[0] if mailed and _state(mailed[0]) is rules.LinkState.LIVE else None
    token = secrets.token_urlsafe(24)
    secret = str(current_app.config["SECRET_KEY"])
    moment = clock.now()
    row = SignInLink(
        person_id=person.id if person else None,
        token_digest=rules.digest(token),
        counted=counted,
        code_digest=rules.keyed_digest(secret, "sign-in code digest", rules.code_for(secret, token)),
        browser_digest=rules.digest(browser),
        next_path=rules.local_path(next_path),
        asked_at=moment,
        until=rules.link_ends([moment, *(each.asked_at for each in mailed)]),
    )
    db.session.add(row)
    if newest is not None and rules.too_many_links([each.asked_at for each in mailed], moment):
        row.stands_for, row.code_digest, row.until = newest.token_digest, newest.code_digest, newest.until
        return newest.until
    if person is not None:
        _mail_link(person, address, token, row.until, network)
    else:
        _mail_nobody(address, takes, row.until, network)
    return None


def for_mail(person_id: int, address: str) -> tuple[str, datetime] | None:
    """A link that signs somebody in once, for a week and in any browser: for a mail that goes to them at this address.

    None where it is not theirs: they moved to another, or it has become somebody else's. Inside transaction().
    """
    known = persons.known_by(address)
    if known is None or known.person_id != person_id or known.verified_at is None:
        return None
    until = clock.now().replace(minute=0, second=0, microsecond=0) + rules.WELCOME_LASTS
    return _in_any_browser(person_id, until), until


def printed(person_id: int) -> tuple[str, datetime]:
    """A link that signs somebody in once, for ten minutes and in any browser: for the server's own screen, where no mail
    goes. Inside transaction().
    """
    until = clock.now() + rules.LINK_LASTS
    return _in_any_browser(person_id, until), until


def _in_any_browser(person_id: int, until: datetime) -> str:
    token, moment = secrets.token_urlsafe(24), clock.now()
    digest = rules.digest(token)
    db.session.add(
        SignInLink(
            person_id=person_id,
            token_digest=digest,
            counted=digest,  # nobody asked for it, so it counts for no limit
            code_digest=digest,  # no digits stand for it
            browser_digest=_ANY_BROWSER,
            asked_at=moment,
            until=until,
        )
    )
    return site_url("accounts.link", token=token)


def end_mailed(person_id: int) -> None:
    """Have no link that was mailed to somebody sign in any more: the mailbox that they went to may be another's."""
    db.session.execute(
        delete(SignInLink).where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None))
    )


def _mailed_lately(counted: str) -> Sequence[SignInLink]:
    """The links of a day that were mailed, the newest first; no more than limits look at."""
    query = (
        select(SignInLink)
        .where(
            SignInLink.counted == counted,
            SignInLink.stands_for.is_(None),
            SignInLink.asked_at > clock.now() - rules.DAY,
        )
        .order_by(SignInLink.asked_at.desc(), SignInLink.id.desc())
        .limit(rules.LINKS_A_DAY)
    )
    return db.session.scalars(query).all()


def _mail_link(person: Person, address: str, token: str, until: datetime, network: Any) -> None:
    zone = str(person.zone or getattr(network, "zone", "Europe/London"))
    outbox.post(
        "accounts/sign_in",
        to=Address(address, person.name),
        context={
            "address": site_url("accounts.link", token=token),
            "until": until,
            "zone": zone,
            "time": f"{until.astimezone(ZoneInfo(zone)):%H:%M}",
        },
        network=network,
        language=person.locale,
        person_id=person.id,
        priority=Priority.SIGN_IN,
        not_after=until,
    )


def _mail_nobody(address: str, takes: Sequence[Any], until: datetime, network: Any) -> None:
    """Tell an address without an account so; one that takes just the mail, how to have less of it, or join."""
    places = [network] if network is not None else top_networks()
    outbox.post(
        "accounts/just_mail" if takes else "accounts/nobody",
        to=Address(address),
        context={
            "joins": [(place.name, f"{site()}/{place.slug}/join") for place in places],
            "again": site_url("accounts.sign_in"),
            "takes": [(name, site_url("mail.choose", token=token)) for name, token in takes],
        },
        network=network,
        priority=Priority.SIGN_IN,
        not_after=until,
    )


def opened(token: str, *, browser: str) -> Opened | None:
    """The state of the link in this browser; opening changes nothing. None for a link that is none of ours."""
    row = queries.link_by_token(token)
    if row is None or row.person_id is None:
        return None
    person = db.session.get_one(Person, row.person_id)
    state = _state(row) if person.erased_at is None else rules.LinkState.EXPIRED
    here = _works_in(row, browser)
    code = rules.code_for(str(current_app.config["SECRET_KEY"]), token)
    shown = code if state is rules.LinkState.LIVE and not here else ""
    return Opened(state, here, person.name, person.id, shown, row.next_path)


def _works_in(row: SignInLink, browser: str) -> bool:
    """Whether this browser asked for the link, or asked while it was the newest and no other was mailed; or any may."""
    if row.browser_digest == _ANY_BROWSER:
        return True
    if not browser:
        return False
    mine = rules.digest(browser)
    stands = select(SignInLink.id).where(
        SignInLink.stands_for == row.token_digest, SignInLink.browser_digest == mine
    )
    return secrets.compare_digest(row.browser_digest, mine) or db.session.scalar(stands.limit(1)) is not None


def _state(row: SignInLink) -> rules.LinkState:
    lasts = row.until - row.asked_at
    return rules.link_state(asked_at=row.asked_at, used_at=row.used_at, now=clock.now(), lasts=lasts)


def use(token: str, *, browser: str, agent: str) -> Entered | None:
    """Sign in by the link, once, where it works; None where it is used, expired or not this browser's."""
    row = queries.link_by_token(token)
    if row is None or not _works_in(row, browser):
        return None
    return _enter(row, agent)


def use_code(typed: str, *, browser: str, agent: str) -> tuple[Entered | None, int]:
    """Sign in by the six digits, in the browser that asked; else how many tries are left for what it asked for.

    Each wrong code counts against every link that still waits in this browser, and five make their codes worthless;
    a sixth is not even looked at. So it is after thirty in a day for one account, whatever browsers they were typed in.
    A mail to nobody counts its tries alike.
    """
    secret = str(current_app.config["SECRET_KEY"])
    told = rules.keyed_digest(secret, "sign-in code digest", rules.code_typed(typed))
    rows = _with_tries(_waiting(browser))
    for row in rows:
        if row.person_id is not None and secrets.compare_digest(row.code_digest, told):
            return _enter(row, agent), 0
    for row in rows:
        row.tries += 1
    return None, max((rules.CODE_TRIES - row.tries for row in rows), default=0)


def code_is_awaited(browser: str) -> bool:
    """Whether typing a code in this browser can lead anywhere."""
    return bool(_with_tries(_waiting(browser)))


def _with_tries(rows: Sequence[SignInLink]) -> list[SignInLink]:
    """Those of a browser's links for which a code may still be typed."""
    lately = (
        select(SignInLink.counted, func.sum(SignInLink.tries).label("tries"))
        .where(
            SignInLink.counted.in_({row.counted for row in rows}),
            SignInLink.asked_at > clock.now() - rules.DAY,
        )
        .group_by(SignInLink.counted)
    )
    tries = {row.counted: row.tries for row in db.session.execute(lately)}
    left = [row for row in rows if tries[row.counted] < rules.CODES_A_DAY]
    return [row for row in left if row.tries < rules.CODE_TRIES]


def _waiting(browser: str) -> list[SignInLink]:
    query = (
        select(SignInLink)
        .where(
            SignInLink.browser_digest == rules.digest(browser),
            SignInLink.used_at.is_(None),
            SignInLink.until > clock.now(),
        )
        .order_by(SignInLink.asked_at.desc())
        .limit(3)
        .with_for_update()
    )
    rows = db.session.scalars(query) if browser else ()
    return [row for row in rows if _state(row) is rules.LinkState.LIVE]


def _enter(row: SignInLink, agent: str) -> Entered | None:
    """Use the link up and begin a session; two at once, and only one of them comes in."""
    if row.person_id is None or _state(row) is not rules.LinkState.LIVE:
        return None
    link = (SignInLink.token_digest == (row.stands_for or row.token_digest), SignInLink.used_at.is_(None))
    used = db.session.execute(update(SignInLink).where(*link).values(used_at=clock.now()))
    person = db.session.get_one(Person, row.person_id)
    if getattr(used, "rowcount", 0) != 1 or person.erased_at is not None:
        return None
    others = update(SignInLink).where(SignInLink.stands_for == (row.stands_for or row.token_digest))
    db.session.execute(others.values(used_at=clock.now()))
    persons.prove(person.id)
    return Entered(enter(person.id, agent), person.id, row.next_path)


def enter(person_id: int, agent: str) -> str:
    """Begin a session for somebody who has shown who they are; its token goes into the cookie (sessions.keep)."""
    person = db.session.get_one(Person, person_id)
    _, token = sessions.new_session(person, browser=rules.browser_in_words(agent))
    return token


def forget_old() -> int:
    """Drop links and sessions that are of no more use to anybody: a duty of the worker's."""
    welcome = SignInLink.browser_digest == _ANY_BROWSER
    links = select(SignInLink.id).where(
        or_(
            and_(~welcome, SignInLink.asked_at < clock.now() - rules.DAY),
            and_(welcome, SignInLink.until < clock.now() - rules.WELCOME_KEPT),
        )
    )
    ended = select(SignedInSession.id).where(SignedInSession.began_at < clock.now() - sessions.LASTS)
    return together(
        "forget old sign-in links", db.session.scalars(links), partial(_drop, SignInLink)
    ) + together("forget old sessions", db.session.scalars(ended), partial(_drop, SignedInSession))


def _drop(table: type[SignInLink] | type[SignedInSession], keys: Sequence[int]) -> int:
    return int(getattr(db.session.execute(delete(table).where(table.id.in_(keys))), "rowcount", 0))
