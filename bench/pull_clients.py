"""Who reads a CRM in bench/pull.py, and how each is started: Keptword's own command, the floors, and the peers."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bench.clients import FIELDS, OBJECTS, account_mapping
from bench.pull_meter import take
from bench.pull_peers import interpreter, why_not
from bench.served import SECRETS, Served, write_config
from connectors.tasks import Crm

CRMS: Sequence[Crm] = ("salesforce", "hubspot")
BENCH = Path(__file__).parent
KEPTWORD = "keptword"
_WORK, _MODULES = "work.json", "modules-{}.json"

Answered = Literal["document", "rows", "messages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One way to read all clients of one CRM."""

    name: str
    crm: Crm
    says: str
    """For the table."""
    script: str = ""
    """In bench/; Keptword is its own command instead."""
    way: str = ""
    """The script's first argument."""
    peer: str = ""
    """The environment that it runs in; ours when empty."""
    answer: Answered = "rows"
    is_slow: bool = False
    """One round is enough for it."""

    @property
    def missing(self) -> str:
        """Why it cannot run here; empty where it can."""
        return why_not(self.peer) if self.peer and interpreter(self.peer) is None else ""

    def command(self, place: "Place") -> list[str]:
        """How to start it."""
        python = interpreter(self.peer) if self.peer else sys.executable
        start = [str(python), str(BENCH / "pull_start.py"), str(place.modules(self)), str(place.work)]
        if self.name == KEPTWORD:
            return [*start, "sync.cli.main:main", "pull", "--json", "--config", str(place.config)]
        return [*start, str(BENCH / self.script), self.way, str(place.target)]


_PLAIN = "pull_plain.py"
_KEPTWORD = Client(name=KEPTWORD, crm="hubspot", says="keptword pull", answer="document")
_DLT = Client(name="dlt", crm="hubspot", says="", script="pull_dlt.py", peer="dlt", is_slow=True)


def _dlt(crm: Crm) -> Iterator[Client]:
    words = {
        "parquet": "dlt into DuckDB, Parquet load files",
        "arrow": "dlt into DuckDB, given Arrow tables",
        "default": "dlt into DuckDB, as it comes",
    }
    for way, says in words.items():
        yield replace(_DLT, name=f"dlt_{way}", crm=crm, says=says, way=way, is_slow=way == "default")


CLIENTS: Sequence[Client] = (
    replace(_KEPTWORD, crm="hubspot"),
    Client(name="floor", crm="hubspot", says="urllib3 + pyarrow.json", script=_PLAIN, way="floor_by_arrow"),
    Client(name="orjson", crm="hubspot", says="urllib3 + orjson", script=_PLAIN, way="floor_by_orjson"),
    Client(name="get_all", crm="hubspot", says="hubspot-api-client get_all", script=_PLAIN, way="get_all"),
    *_dlt("hubspot"),
    Client(
        name="tap", crm="hubspot", says="singer-io tap-hubspot to JSON lines", script="pull_taps.py", way="hubspot",
        peer="tap-hubspot", answer="messages", is_slow=True,
    ),
    replace(_KEPTWORD, crm="salesforce"),
    Client(name="floor", crm="salesforce", says="Bulk API 2.0: urllib3 + pyarrow.csv", script=_PLAIN, way="floor_by_csv"),
    Client(name="floor_rest", crm="salesforce", says="REST: urllib3 + pyarrow.json", script=_PLAIN, way="floor_by_arrow"),
    Client(name="orjson", crm="salesforce", says="REST: urllib3 + orjson", script=_PLAIN, way="floor_by_orjson"),
    Client(name="query_all", crm="salesforce", says="simple-salesforce query_all", script=_PLAIN, way="query_all"),
    Client(name="bulk2", crm="salesforce", says="simple-salesforce bulk2 + csv.DictReader", script=_PLAIN, way="bulk2"),
    *_dlt("salesforce"),
    Client(
        name="tap", crm="salesforce", says="singer-io tap-salesforce to JSON lines", script="pull_taps.py", way="salesforce",
        peer="tap-salesforce", answer="messages", is_slow=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a client works: the sandbox as it sees it, and a folder of its own."""

    served: Served
    crm: Crm
    folder: Path

    @property
    def config(self) -> Path:
        """Keptword's."""
        return self.folder / "keptword.toml"

    @property
    def target(self) -> Path:
        """The others'."""
        return self.folder / "target.json"

    @property
    def work(self) -> Path:
        """What the latest client's work took."""
        return self.folder / _WORK

    def modules(self, client: Client) -> Path:
        """What the client imports, once it has run."""
        return self.folder / _MODULES.format(client.name)

    def clear(self) -> None:
        """Leaves nothing of what a client kept, and what every client needs."""
        for each in self.folder.iterdir():
            if each.is_dir():
                shutil.rmtree(each)
            elif each.suffix not in (".toml", ".json"):
                each.unlink()


def place_for(served: Served, crm: Crm, folder: Path, *, pace: int | None = 1_000_000) -> Place:
    """Makes the folder with what every client needs in it. `pace`: HubSpot requests in ten seconds that Keptword
    allows itself; None leaves it to what the CRM says.
    """
    folder.mkdir(parents=True)
    place = Place(served=served, crm=crm, folder=folder)
    write_config(folder, served, crm, more=account_mapping(crm), pace=pace)
    target = {
        "crm": crm, "url": served.https_url, "ca_file": served.ca_file, "object": OBJECTS[crm], "scratch": str(folder),
        "fields": FIELDS[crm], "token": served.token(crm),
    }  # fmt: skip
    place.target.write_text(json.dumps(target), encoding="utf-8")
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one read took, without the start and the end of its interpreter, and what came of it."""

    seconds: float
    cpu_s: float
    start_cpu_s: float
    """Of the interpreter's start and end and of imports, also those made while the program works; not in `cpu_s`."""
    peak_mb: float
    """Of the whole process."""
    rows: int
    requests: int
    """That the sandbox saw."""
    objects: int = 0
    """CRM objects that Keptword read."""

    @property
    def cpu_each(self) -> float:
        """CPU seconds for each record."""
        return self.cpu_s / self.rows

    @property
    def waiting_share(self) -> float:
        """Of the seconds, those in which the client did not compute: it waited for the sandbox, or for the machine."""
        return max(0.0, 1 - self.cpu_s / self.seconds)


def run(client: Client, place: Place) -> Read:
    """Starts the client as a process and waits for its end; raises Broken. The first run of a client in a place costs
    more: it finds out what to import beforehand.
    """
    before = place.served.requests_seen()
    taken = take(
        client.command(place), place.folder / "output", environment=environment(place), cores=_for_clients()
    )
    work = json.loads(place.work.read_bytes())
    return Read(
        seconds=work["seconds"],
        cpu_s=work["cpu_s"],
        start_cpu_s=taken.cpu_s - work["cpu_s"],
        peak_mb=taken.peak_mb,
        requests=place.served.requests_seen() - before,
        **_document(client, taken.output),
    )


def _document(client: Client, output: Path) -> dict[str, int]:
    if client.answer == "messages":
        with output.open("rb") as lines:
            return {"rows": sum(b'"type": "RECORD"' in line for line in lines)}
    said: dict[str, Any] = json.loads(output.read_bytes())
    if client.answer == "rows":
        return {"rows": said["rows"]}
    objects = said["objects"]
    short = [f"{each['object']}: {each['reason']}" for each in objects if not each["complete"]]
    if short:
        raise RuntimeError(f"the pull was not complete: {'; '.join(short)}")
    main = OBJECTS[client.crm]
    return {"rows": sum(each["rows"] for each in objects if each["object"] == main), "objects": len(objects)}


def keptword(crm: Crm) -> Client:
    """`keptword pull` of this CRM."""
    return next(client for client in CLIENTS if (client.crm, client.name) == (crm, KEPTWORD))


def environment(place: Place) -> Mapping[str, str]:
    """Of every client: secrets, and trust in the sandbox."""
    authority = place.served.ca_file
    return {
        **os.environ, **SECRETS, "REQUESTS_CA_BUNDLE": authority, "SSL_CERT_FILE": authority,
        "NO_PROXY": "127.0.0.1",
    }  # fmt: skip


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _for_clients() -> frozenset[int]:
    """All but the last, which is the sandbox's; any where there is one only, or the system does not say."""
    return frozenset(_cores()[:-1])


def keep_to_a_core(served: Served) -> None:
    """Gives the sandbox the last core for itself, so that it is the client that is measured."""
    cores = _cores()
    if len(cores) > 1:
        os.sched_setaffinity(served.pid, {cores[-1]})
