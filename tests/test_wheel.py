"""A wheel holds all that an installed Keptword needs, and `keptword init` works from it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
ROOMS = ("connectors", "rules", "sync", "sandbox")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=HOME, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("keptword-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def needed() -> set[str]:
    """Every file of the four packages that is not a left-over of running them."""
    files = (path for room in ROOMS for path in (HOME / room).rglob("*") if path.is_file())
    return {path.relative_to(HOME).as_posix() for path in files if path.suffix != ".pyc"}


def test_it_holds_every_file_of_the_packages(installed: Path) -> None:
    there = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}

    assert needed() - there == set()
    assert {Path(name).suffix for name in needed()} >= {".py", ".sql", ".toml", ".html", ".lark"}


def test_it_holds_nothing_else(installed: Path) -> None:
    rooms = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}

    assert rooms == set(ROOMS)


def test_init_and_check_work_from_it(installed: Path, tmp_path: Path) -> None:
    # Isolated from the checkout: its own folder comes first, and the editable install is not asked.
    def keptword(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from sync.cli.main import main; main()"
        return subprocess.run(
            [sys.executable, "-I", "-c", code, str(installed), *arguments], cwd=tmp_path,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert keptword("init").returncode == 0
    assert (tmp_path / "keptword.toml").read_text("utf-8") == (HOME / "config.example.toml").read_text(
        "utf-8"
    )
    checked = keptword("check", "--without-secrets")
    assert checked.stdout.startswith("keptword.toml is right: mode preview")
    # A scheduler sends whatever stands there to somebody, after every run.
    assert checked.stderr == ""
