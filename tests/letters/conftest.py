"""What tests of letters begin with."""

from __future__ import annotations

import pytest

from govnet.accounts.models import Person
from govnet.charter.models import Network
from tests.builders import a_member, a_network


@pytest.fixture
def network(context: None) -> Network:
    return a_network()


@pytest.fixture
def ann(network: Network) -> Person:
    return a_member(network, "Ann Example")
