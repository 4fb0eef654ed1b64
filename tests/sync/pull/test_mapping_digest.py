import subprocess
import sys

PROGRAM = """
from rules.mapping import override_mapping, read_mapping
from sync.pull.entering import mapping_digest
default = read_mapping({"account": [{"object": "Account", "columns": {"account_id": "Id"}}]}, place="default")
columns = {"name": "Name", "tier": "Rating", "domain": "Website", "phone": "Phone"}
print(mapping_digest(override_mapping(default, {"account": {"columns": columns}}, place="config")))
"""


def test_a_mapping_has_the_same_digest_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(digests) == 1
