"""Whether a discussion can be for members only: the charter says so."""

from __future__ import annotations

import json

import pytest

from govnet.extensions import db
from govnet.forum.models import Topic
from govnet.forum.rules import ForumTerms, may_begin
from govnet.forum.states import Readership
from govnet.forum.topics import actions
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from tests import builders
from tests.forum.made import PROGRAM, a_post, a_thread, a_topic
from tests.pages import opened, send

OPEN = json.dumps({"discussion.members_topics": False})


@pytest.mark.parametrize("audience", Readership)
def test_only_what_is_for_members_can_be_ruled_out(audience):
    assert may_begin(audience, ForumTerms())
    assert may_begin(audience, ForumTerms(members_topics=False)) is (audience is not Readership.MEMBERS)


@pytest.mark.usefixtures("context")
def test_nothing_is_begun_for_members_only_where_the_rules_want_it_public():
    network = builders.a_network(parameters=OPEN)
    ann, topic = builders.a_member(network), a_topic(network)
    with pytest.raises(RuleBroken, match="no discussion is for members only"):
        a_thread(topic, ann, audience=Readership.MEMBERS)
    with pytest.raises(RuleBroken, match="no discussion is for members only"):
        a_topic(network, "Inside", audience=Readership.MEMBERS)
    with pytest.raises(RuleBroken, match="no discussion is for members only"), transaction():
        about = actions.TopicInput(title="General", audience=Readership.MEMBERS)
        actions.change_topic(topic, about, by=PROGRAM, via=Door.CLI)
    assert a_thread(topic, ann).visibility is Readership.PUBLIC


@pytest.mark.usefixtures("context")
def test_a_discussion_begun_for_members_goes_on():
    network = builders.a_network()
    ann, topic = builders.a_member(network), a_topic(network, audience=Readership.MEMBERS)
    thread = a_thread(topic, ann)
    with transaction():
        from govnet.charter.actions import adopt

        adopt(network, json.loads(OPEN), adopted_by="decision:1", by=PROGRAM, via=Door.CLI)
    assert a_post(thread, ann).number == 2
    with transaction():
        about = actions.TopicInput(title="Renamed", audience=Readership.MEMBERS)
        actions.change_topic(db.session.get_one(Topic, topic.id), about, by=PROGRAM, via=Door.CLI)
    with pytest.raises(RuleBroken, match="no discussion is for members only"):
        a_thread(topic, ann)


def test_the_forms_offer_only_what_can_be_begun(app):
    with app.app_context():
        network = builders.a_network(parameters=OPEN)
        a_topic(network)
        sam = builders.sign_in(app.test_client(), builders.a_steering_member(network))
    for where in ("/uk/forum/general/new", "/uk/forum/new"):
        values = {
            f["value"] for form in opened(sam, where).forms for f in form["fields"] if f["name"] == "audience"
        }
        assert values == {"public", "committee"}
    with app.app_context(), transaction():
        topic = db.session.query(Topic).one()
        topic.visibility = Readership.MEMBERS
    with app.app_context():
        ann = builders.sign_in(app.test_client(), builders.a_member(db.session.query(builders.Network).one()))
    refused = ann.get("/uk/forum/general/new")
    assert "no discussion is for members only" in refused.text
    assert refused.status_code == 422
    assert "/uk/forum/general/new" not in opened(ann, "/uk/forum/general").links
    with app.app_context(), transaction():
        db.session.query(Topic).one().visibility = Readership.PUBLIC
    sent = send(sam, "/uk/forum/general/new", {"title": "Hello", "body": "Hello.", "audience": "members"})
    assert sent.status_code == 422
