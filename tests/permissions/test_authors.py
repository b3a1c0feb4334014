"""Authors keep their own texts after leaving, and lose their part in the acts of others."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from govnet.charter.models import Network
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.models import Proposal, RollEntry
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import actions as suggestions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door, HeldOffice
from govnet.kernel.errors import NotAllowed
from govnet.kernel.transaction import transaction
from govnet.membership.memberships import departure
from govnet.membership.memberships.queries import with_party
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Term
from govnet.people.models import Person
from govnet.permissions import Can, authority, can
from govnet.record.models import Entry
from tests.builders import a_committee, a_member, a_network, acting, seated, sign_in
from tests.decisions.builders import a_proposal, answered, version_of
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter
from tests.pages import defaults, opened
from tests.permissions.rows import ROWS, Row, under

KEPT = {
    Can.SEE_APPLICATION,  # reads, answers and takes back their own application
    Can.END_REPRESENTATION,  # stops speaking for somebody
    Can.HOLD_MEMBERSHIP,  # renews or ends their own membership
    Can.UNDO_ENTERED,
    Can.APPEAL,  # against what was done to them
    Can.REPLY_IN_OWN_CASE,  # to what is proposed about them
    Can.LEAVE_OFFICE,
    Can.PROMISE_CODE,
}
"""Rights over one's own things, for members and others alike."""
READ_FIRST = {Can.REPLY_IN_OWN_CASE}
"""Those of them that nobody has before being able to read it."""
AUTHORS = [row for row in ROWS if any(grant.role == "self" for grant in row.grants)]
BY_AUTHORS = {row.right for row in AUTHORS}
EVERY_AUTHOR = pytest.mark.parametrize(
    "row", AUTHORS, ids=[f"{row.right.name.lower()}-{row.value}" for row in AUTHORS]
)
WAYS_OUT = ("resigned", "suspended", "removed")


@EVERY_AUTHOR
def test_an_author_keeps_only_the_rights_that_are_about_themselves(row: Row) -> None:
    mine = SimpleNamespace(author_id=7, person_id=7, network_id=1, visibility="public")
    gone = Actor(person_id=7, name="Ann", network_id=1)
    here = Actor(person_id=7, name="Ann", network_id=1, membership_id=3)
    with under(row):
        assert (authority(gone, row.right, mine) is not None) is (row.right in KEPT)
        assert authority(here, row.right, mine) is not None


def test_where_anybody_who_is_signed_in_can_write_an_author_who_left_still_changes_their_post() -> None:
    mine = SimpleNamespace(author_id=7, network_id=1, visibility="public")
    gone = Actor(person_id=7, name="Ann", network_id=1)
    with under(next(row for row in ROWS if row.right is Can.REPLY and row.value == "anyone")):
        assert authority(gone, Can.EDIT_POST, mine) is not None


@EVERY_AUTHOR
def test_an_author_who_may_not_read_it_any_more_has_no_hand_in_it(row: Row) -> None:
    """Somebody who sat on the committee began it there, and is just a member now."""
    mine = SimpleNamespace(author_id=7, person_id=7, network_id=1, visibility="committee")
    member = Actor(person_id=7, name="Ann", network_id=1, membership_id=3)
    with under(row):
        assert (authority(member, row.right, mine) is not None) is (row.right in KEPT - READ_FIRST)
    sitting = Actor(
        person_id=7, name="Ann", network_id=1, membership_id=3, terms=(HeldOffice(1, 1, "committee"),)
    )
    with under(row):
        assert authority(sitting, row.right, mine) is not None


def the_stage() -> dict[str, int]:
    """A network in which Ann has begun everything that has an author, and Bo has had a say in it."""
    network = a_network(parameters=json.dumps({"decisions.close_early": "all_answered"}))
    ann, bo = a_member(network, "Ann Author"), a_member(network, "Bo Reader")
    thread = a_thread(a_topic(network), ann)
    post = a_post(thread, ann)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.RESERVATIONS, bo, reason="It is too long.")
    with transaction():
        db.session.get_one(Proposal, proposal.id).thread_id = thread.id
    here, friend = acting(ann, network), acting(bo, network)
    with transaction():
        words = Wording("Should we meet?", "We meet in May.", {})
        draft = drafts_actions.save(db.session.merge(network), words, Ask("statement"), by=here, via=Door.WEB)
        made = suggestions.suggest(
            db.session.merge(proposal), "Nine", "Ten", "Rounder.", by=friend, via=Door.WEB
        )
        suggestions.suggest(draft, "May", "June", "Warmer.", by=friend, via=Door.WEB)
    on_roll = select(RollEntry).where(RollEntry.version_id == version_of(proposal).id)
    entry = db.session.scalars(on_roll.where(RollEntry.person_id == bo.id)).one()
    return {
        "ann": ann.id, "network": network.id, "thread_id": thread.id, "post_id": post.id, "proposal_id": proposal.id,
        "draft_id": draft.id, "letter_id": a_letter(network, ann), "entry_id": entry.id,
        "suggestion_id": made.id,
    }  # fmt: skip


def goes(ids: dict[str, int], how: str) -> None:
    """Ann's membership ends, or is interrupted."""
    key = db.session.scalars(select(Membership.id).where(Membership.person_id == ids["ann"])).one()
    ann, network = db.session.get_one(Person, ids["ann"]), db.session.get_one(Network, ids["network"])
    by = acting(ann, network)
    with transaction():
        row = with_party(key)
        if how == "resigned":
            departure.resign(row, by=by, via=Door.WEB)
        else:
            row.state = MembershipState(how)
            row.end = clock.today(network.zone) if how == "removed" else None


def writes(app, ids: dict[str, int]) -> dict[str, str]:
    """Every write whose address names only things of Ann's: its endpoint with an address of hers."""
    found = {}
    for rule in app.url_map.iter_rules():
        names = rule.arguments - {"network"}
        if "POST" not in rule.methods or not names or not names <= set(ids):
            continue
        values = {name: ids[name] for name in names}
        with app.test_request_context():
            network = db.session.get_one(Network, ids["network"])
            found[rule.endpoint] = app.url_map.bind("localhost").build(
                rule.endpoint, {**values, "network": network}
            )
    return found


ANYBODYS = {"forum.report", "forum.follow", "forum.read"}
"""Writes that need no standing: saying that a post should not stand, and one's own reading."""
TYPED = {"reason": "Because.", "because": "Because.", "text": "Other words.", "closes": "2015-04-29", "answer": "No.",
         "visible": "at-close", "body": "Other words.", "revision": "1", "title": "Other", "comment": "Other words."}  # fmt: skip


@pytest.mark.parametrize("how", WAYS_OUT)
def test_no_route_takes_an_authors_hand_once_they_have_left(app, how: str) -> None:
    with app.app_context():
        ids = the_stage()
        addresses = writes(app, ids)
        client = sign_in(app.test_client(), db.session.get_one(Person, ids["ann"]))
    mine = {name for name in addresses if app.view_functions[name].right in BY_AUTHORS}
    assert len(mine) > 15
    before = {name: client.get(addresses[name]).status_code for name in mine}
    assert {name: status for name, status in before.items() if status not in (200, 405)} == {}
    token = defaults(opened(client, "/me/mail").forms[-1])["csrf_token"]
    with app.app_context():
        goes(ids, how)
        entries = db.session.scalar(select(func.count(Entry.id)))
    done = {
        name: client.post(url, data={**TYPED, "csrf_token": token}).status_code
        for name, url in addresses.items()
        if name not in ANYBODYS
    }
    assert {name: status for name, status in done.items() if status != 403} == {}
    with app.app_context():
        assert db.session.scalar(select(func.count(Entry.id))) == entries
    for url in ("/uk/proposals/%(proposal_id)s", "/uk/forum/%(thread_id)s", "/uk/letters/%(letter_id)s"):
        links = opened(client, url % ids).links
        assert not [
            each for each in links if each.endswith(("/withdraw", "/edit", "/reword", "/frame", "/close"))
        ]


@pytest.mark.parametrize("how", WAYS_OUT)
def test_coming_from_another_network_gives_nothing_back(app, how: str) -> None:
    """Where one belongs elsewhere, one's own counts by what one is in its network."""
    with app.app_context():
        ids = the_stage()
        other = a_network("other")
        ann = db.session.get_one(Person, ids["ann"])
        seated(a_committee(other), ann)
        proposal = db.session.get_one(Proposal, ids["proposal_id"])
        assert can(acting(ann, other), Can.WITHDRAW_PROPOSAL, proposal)
        goes(ids, how)
        proposal = db.session.get_one(Proposal, ids["proposal_id"])
        assert not can(acting(db.session.get_one(Person, ids["ann"]), other), Can.WITHDRAW_PROPOSAL, proposal)


def test_a_proposer_who_lost_the_place_leaves_their_proposal_alone(app) -> None:
    """Where the rules let only the committee propose, a member who sat on it then has no hand in it now."""
    with app.app_context():
        network = a_network(parameters=json.dumps({"decisions.who_may_propose": "committee"}))
        sam = a_member(network, "Sam")
        term = seated(a_committee(network), sam)
        proposal = a_proposal(network, sam)
        with transaction():
            db.session.get_one(Term, term.id).end = clock.today(network.zone)
        by = acting(sam, network)
        assert by.is_member
        for act in (
            lambda row: actions.withdraw(row, "Because.", by=by, via=Door.WEB),
            lambda row: actions.extend(
                row, clock.today(network.zone) + timedelta(days=9), reason="Because.", by=by, via=Door.WEB
            ),
            lambda row: actions.close_early(row, reason="Because.", by=by, via=Door.WEB),
        ):
            with pytest.raises(NotAllowed, match="only the committee"), transaction():
                act(db.session.get_one(Proposal, proposal.id))
