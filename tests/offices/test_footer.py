"""Officers find their desk from every page of their network."""

from tests import builders
from tests.pages import opened


def test_only_officers_find_their_desk_at_the_foot_of_every_page(client, app):
    with app.app_context():
        network = builders.a_network()
        sam, ada = builders.a_steering_member(network), builders.a_member(network)
        builders.sign_in(client, ada)
        assert "/uk/desk" not in opened(client, "/uk/committee").links
        builders.sign_in(client, sam)
    assert "/uk/desk" in opened(client, "/uk/committee").links
