"""Ann, and her mail."""

from tests.accounts.conftest import ann as ann
from tests.accounts.conftest import ann_here as ann_here
from tests.accounts.conftest import post as post
