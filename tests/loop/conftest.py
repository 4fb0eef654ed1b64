"""Worlds that several tests of a file share."""

from pathlib import Path

import pytest

from tests.loop.world import data_folder


@pytest.fixture(scope="session")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agency's files."""
    return data_folder(tmp_path_factory.mktemp("agency") / "data")
