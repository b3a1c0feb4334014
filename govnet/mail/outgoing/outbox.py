"""Putting mails into the queue: one mail, its renderings, one delivery a recipient, in the caller's
transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import is_at_work
from govnet.kernel.insertion import upsert
from govnet.kernel.statements import chunks
from govnet.kernel.transaction import in_transaction
from govnet.mail import headers
from govnet.mail.headers import Address, BadHeader
from govnet.mail.message import MailKind, MailMessage, Template, build
from govnet.mail.models import Delivery, Mail, RecipientChunk, Rendering
from govnet.mail.outgoing import compose
from govnet.mail.outgoing.audience import LIST, MEMBER, SUBSCRIBER, Recipient
from govnet.mail.outgoing.compose import home_of, list_of
from govnet.mail.outgoing.notices import Notice, ToldEntry, read_by_members
from govnet.mail.page_addresses import token
from govnet.mail.rules import DeliveryState, Priority, Why, last_moment
from govnet.mail.volume import News
from govnet.record.queries import head as record_head
from govnet.web import languages

AT_ONCE = 200
"""Deliveries that one transaction makes."""
TO_A_LIST = "list-"
"""How the tokens of mails to a list elsewhere begin."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one mail puts into the queue, worked out before anything is locked."""

    mail: Mapping[str, Any]
    renderings: Mapping[tuple[str, str], tuple[str, Template]]
    recipients: Sequence[Recipient]
    priority: Priority
    not_before: datetime | None


def post(
    template: str,
    *,
    to: Address,
    context: Mapping[str, Any],
    network: Any = None,
    language: str = "",
    person_id: int | None = None,
    priority: Priority = Priority.PERSONAL,
    not_after: datetime | None = None,
    key: str = "",
    answers_to: str = "",
) -> int:
    """Queue a mail that somebody asked for, in the running transaction; the mail's id.

    With a `key`, asking for the same once more sends nothing; a duty of the worker has to give one. `answers_to` is the
    address that the program itself reads (replies.address); without it an answer goes to the network's mailbox.
    Raises RuntimeError outside transaction(), BadHeader for an address that no mail can go to.
    """
    if not in_transaction():
        raise RuntimeError("post() outside transaction()")
    if is_at_work() and not key:
        raise RuntimeError(f"{template} is mailed by a duty without a key: two workers would mail it twice")
    headers.address_field("To", to)
    recipient = Recipient(to.address.lower(), to.name, languages.fitted(network, language), person_id)
    notice = Notice(
        template=template, news=News.ALWAYS, context=context, kind=MailKind.PERSONAL, priority=priority
    )
    written = written_for(notice, network, recipient)
    row = mail_row(notice, f"personal:{key or token()}", network)
    row["not_after"] = not_after
    row["contact"] = answers_to or row["contact"]
    return enqueue(Batch(row, {_sort(recipient): written}, [recipient], priority, None))


def batch(notice: Notice, told: ToldEntry, recipients: Sequence[Recipient]) -> Batch:
    """The notice rendered once a language and sort of reader; reads only."""
    key = f"entry:{told.entry_id}:{notice.template}:{notice.name}"
    return batch_of(notice, mail_row(notice, key, told.network, told.entry_id), told.network, recipients)


def batch_of(notice: Notice, row: Mapping[str, Any], network: Any, recipients: Sequence[Recipient]) -> Batch:
    """The same for a mail that no single entry asks for."""
    recipients = in_offered(network, recipients)
    sorts = {_sort(one): one for one in recipients}
    renderings = {sort: written_for(notice, network, one) for sort, one in sorted(sorts.items())}
    return Batch(row, renderings, recipients, notice.goes, notice.not_before)


def in_offered(network: Any, recipients: Sequence[Recipient]) -> list[Recipient]:
    """The same recipients, each in a language that the network offers."""
    fits = partial(languages.fitted, network)
    return [
        one if fits(one.language) == one.language else replace(one, language=fits(one.language))
        for one in recipients
    ]


def _sort(one: Recipient) -> tuple[str, str]:
    return one.language, MEMBER if one.reader == MEMBER else SUBSCRIBER


def mail_row(notice: Notice, key: str, network: Any, entry_id: int | None = None) -> dict[str, Any]:
    """The content of the mail's own row; `key` makes it the same mail when it is requested twice."""
    return {
        "key": key,
        "network_id": None if network is None else network.id,
        "contact": home_of(network, member=True).contact_email or None,
        "entry_id": entry_id,
        "template": notice.template,
        "kind": notice.kind,
        "news": notice.news,
        "thread_id": notice.thread,
        "made_at": clock.now(),
        "not_after": notice.not_after,
    }


def written_for(notice: Notice, network: Any, one: Recipient) -> tuple[str, Template]:
    """The subject and the bytes for everybody who reads as this recipient does."""
    language, reader = _sort(one)
    head = _head(notice, network)
    mail = in_words(notice, network, language, reader, witness=f"{head[0]} {head[1][:8]}" if head else "")
    author = read_by_members(notice.author) if reader == MEMBER else notice.author
    letter = MailMessage(
        kind=notice.kind,
        sender=sender(author, network, language),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        date=clock.now(),
        language=language,
        list=list_of(network) if network is not None and notice.kind is not MailKind.PERSONAL else None,
        thread=f"<{notice.conversation}.{_label(network)}@{domain()}>" if notice.conversation else None,
        extra={"Govnet-Record": f"{head[0]} {head[1]}"} if head else {},
    )
    return mail.subject, build(letter)


def _head(notice: Notice, network: Any) -> tuple[int, str] | None:
    """The end of the record, which mails to everybody carry, so that thousands of mailboxes witness it."""
    return record_head(network.id) if network is not None and notice.kind is MailKind.LIST else None


def in_words(
    notice: Notice, network: Any, language: str = "", reader: str = MEMBER, *, witness: str = ""
) -> compose.Rendered:
    """The notice as text, before it becomes bytes: also for previews."""
    said = notice.context
    if reader == MEMBER:
        said = {name: read_by_members(value) for name, value in said.items()}
    context = {"network": network, "subscriber": reader != MEMBER, **said}
    home = replace(home_of(network, member=reader == MEMBER), witness=witness)
    fitted = languages.fitted(network, language)
    return compose.rendered(compose.MailDraft(notice.template, context, home, notice.kind, fitted))


def sender(author: str, network: Any, language: str) -> Address:
    """The site's own address, with the name of the author and the network."""
    place = network.name if network is not None else _("govnet")
    with force_locale(language):
        name = _("%(author)s via %(place)s", author=author, place=place) if author else place
    return Address(current_app.config["MAIL_DEFAULT_SENDER"], name)


def domain() -> str:
    """The domain that our message ids and lists are under."""
    return str(current_app.config["MAIL_DOMAIN"])


def _label(network: Any) -> str:
    return network.slug if network is not None else "site"


def enqueue(made: Batch) -> int:
    """Write a batch's rows; a mail that is there already stays as it is. The mail's id.

    Those beyond AT_ONCE recipients are put down without deliveries: nobody else could write while they were made.
    """
    new = upsert(Mail).values(**made.mail).on_conflict_do_nothing(index_elements=["key"]).returning(Mail.id)
    mail_id: int | None = db.session.scalar(new)
    if mail_id is None:
        return db.session.scalars(select(Mail.id).where(Mail.key == made.mail["key"])).one()
    ids = {sort: _rendering(mail_id, sort, *written) for sort, written in made.renderings.items()}
    each: dict[str, Recipient] = {}
    for one in made.recipients:
        each.setdefault(one.address, one)  # an address that is brought twice stops nobody
    now, later = _split(list(each.values()))
    starts = max(clock.now(), made.not_before or clock.now())
    deliver(Sheet(mail_id, made.mail.get("not_after"), int(made.priority), starts, ids), now)
    for some in later:
        pairs = json.dumps([(one.person_id, one.subscription_id) for one in some])
        chunk = RecipientChunk(mail_id=mail_id, reader=some[0].reader, people=pairs, number=len(some))
        chunk.priority, chunk.starts_at = int(made.priority), starts
        db.session.add(chunk)
    return mail_id


def _split(recipients: list[Recipient]) -> tuple[list[Recipient], list[list[Recipient]]]:
    """Those whose deliveries are made at once, and the others, who can be found again by their ids, in chunks."""
    if len(recipients) <= AT_ONCE:
        return recipients, []
    now, by_reader = list[Recipient](), dict[str, list[Recipient]]()
    for one in recipients:
        if len(now) < AT_ONCE or not (one.person_id or one.subscription_id):
            now.append(one)
        else:
            by_reader.setdefault(one.reader, []).append(one)
    return now, [some for rest in by_reader.values() for some in chunks(rest, AT_ONCE)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the deliveries of one mail have in common."""

    mail_id: int
    not_after: datetime | None
    priority: int
    starts: datetime
    renderings: Mapping[tuple[str, str], int]
    """By language and sort of reader."""

    def rendering(self, one: Recipient) -> int:
        """In the recipient's language, or in one there is: hers may have changed since the mail was written."""
        language, reader = _sort(one)
        same = [key for (_, sort), key in sorted(self.renderings.items()) if sort == reader]
        return self.renderings.get((language, reader)) or same[0]


def deliver(
    sheet: Sheet, recipients: Sequence[Recipient], state: DeliveryState = DeliveryState.QUEUED
) -> int:
    """Make the deliveries that are not there yet, in `state` where nothing stands against them; how many recipients there were.

    Inside transaction().
    """
    rows = [_delivery(sheet, one, state) for one in recipients]
    if rows:
        there = ["mail_id", "address"]
        db.session.execute(upsert(Delivery).on_conflict_do_nothing(index_elements=there), rows)
    return len(rows)


def _rendering(mail_id: int, sort: tuple[str, str], subject: str, template: Template) -> int:
    row = Rendering(mail_id=mail_id, language=sort[0], reader=sort[1], subject=subject[:200])
    row.head, row.body = template.head, template.body
    db.session.add(row)
    db.session.flush()  # deliveries need its id
    return row.id


def _delivery(sheet: Sheet, one: Recipient, state: DeliveryState) -> dict[str, Any]:
    secret = token()
    beginning, why = _beginning(one)
    return {
        "mail_id": sheet.mail_id,
        "rendering_id": sheet.rendering(one),
        "person_id": one.person_id,
        "subscription_id": one.subscription_id,
        "address": one.address,
        "name": one.name[:200],
        "state": state if beginning is DeliveryState.QUEUED else beginning,
        "why": why,
        "priority": sheet.priority,
        "next_at": sheet.starts,
        "limit_at": last_moment(sheet.starts, sheet.not_after),
        "message_id": f"<{secret}.{sheet.mail_id}@{domain()}>",
        "token": secret if one.reader != LIST else f"{TO_A_LIST}{secret}",
        "changed_at": clock.now(),
    }


def _beginning(one: Recipient) -> tuple[DeliveryState, Why]:
    if one.suppressed:
        return DeliveryState.SUPPRESSED, Why.UNKNOWN
    try:
        headers.address_field("To", Address(one.address, one.name))
    except BadHeader:
        return DeliveryState.FAILED, Why.ADDRESS_GONE
    return DeliveryState.QUEUED, Why.NONE
