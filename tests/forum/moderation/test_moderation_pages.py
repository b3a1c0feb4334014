"""Pages on which posts are reported, hidden and appealed."""

from __future__ import annotations

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Post
from govnet.forum.moderation import actions
from govnet.forum.states import PostState
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from tests import builders
from tests.pages import opened, send


def test_a_hidden_post_says_why_and_leads_to_how_it_was_decided(client, forum):
    case = forum.hide(2)
    page = opened(client, forum.url())
    assert "Post number 2" not in page.text
    assert "It is rude." in page.text
    assert f"/uk/forum/moderation/{case}" in page.links
    page = opened(client, f"/uk/forum/moderation/{case}")
    assert "Post number 2" not in page.text
    assert "It is rude." in opened(client, "/uk/forum/moderation").text
    assert "Post number 2" not in str(client.get(forum.url(".json")).json)
    assert client.get(f"/uk/forum/posts/{forum.post_id(2)}/versions").status_code == 404


def test_its_author_reads_a_hidden_post_and_appeals(client, forum):
    case = forum.hide(2)
    forum.signed_in(client, forum.ann)
    url = f"/uk/forum/moderation/{case}"
    assert "Post number 2" in opened(client, url).text
    response = send(client, url, {"text": "It is not rude at all."})
    assert "Two other people decide by" in response.text
    assert client.post(url + "/appeal", data={"text": "again"}).status_code == 400


def test_a_committee_member_answers_a_report_by_hiding(client, forum):
    with forum.app.app_context():
        network = db.session.get(Network, forum.network)
        with transaction():
            bo = builders.acting(db.session.get(builders.Person, forum.bo), network)
            post = queries.post_numbered(forum.thread, 2)
            report = actions.report(post, by=bo, reason="Look at this", via=Door.WEB)
        report_id = report.id
    forum.signed_in(client, forum.sam)
    assert f"/uk/forum/reports/{report_id}" in opened(client, "/uk/forum/moderation").links
    assert "Look at this" in opened(client, f"/uk/forum/reports/{report_id}").text
    values = {"kind": "removed", "reason": "Private"}
    response = send(client, f"/uk/forum/posts/{forum.post_id(2)}/hide", values)
    assert "A second person has to agree." in response.text
    assert forum.row(Post, forum.post_id(2)).state is PostState.HIDDEN
    assert "has been answered" in opened(client, f"/uk/forum/reports/{report_id}").text


def test_a_visitor_reports_a_post_with_a_name_and_an_address(client, forum):
    url = f"/uk/forum/posts/{forum.post_id(2)}/report"
    assert url in opened(client, forum.url()).links
    response = send(client, url, {"reason": "Rude", "name": "Vi", "email": "nonsense"})
    assert response.status_code == 422
    assert "name@example.org" in response.text
    response = send(client, url, {"reason": "Rude", "name": "Vi", "email": "vi@example.org"})
    assert "the committee will look at it" in response.text
    with forum.app.app_context():
        assert [w.words for w in queries.reports_waiting(forum.network)] == ["Rude"]


def test_too_many_reports_are_refused_with_when_to_try_again(client, forum):
    url = f"/uk/forum/posts/{forum.post_id(2)}/report"
    for n in range(10):
        send(client, url, {"reason": f"Rude {n}", "name": "Vi", "email": "vi@example.org"})
    response = send(client, url, {"reason": "Rude again", "name": "Vi", "email": "vi@example.org"})
    assert response.status_code == 429
    assert "Rude again" in response.text
