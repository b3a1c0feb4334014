"""Fixtures for tests of mail."""

from tests.mail.conftest import teller as teller
from tests.mail.conftest import templates as templates
