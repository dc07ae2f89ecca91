from __future__ import annotations

import pytest

from bowerman_data._exit import leave_quietly


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one case together, so that one worker judges it once for all of them."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        subject = callspec and (callspec.params.get("case") or callspec.params.get("oddity"))
        if subject:
            item.add_marker(pytest.mark.xdist_group(getattr(subject, "name", subject)))


def pytest_unconfigure() -> None:
    """Say nothing after the summary."""
    leave_quietly()
