"""What several files here look at: leadforge's tables cost seconds to make, and nobody changes them."""

from pathlib import Path

import pytest

from bench.leadforge_data import generate


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """leadforge's tables, as the benchmarks have them."""
    return generate(tmp_path_factory.mktemp("leadforge") / "bundle")
