"""The config of the demo: both CRMs on this machine, in write mode."""

import os
from pathlib import Path

from sync.config.config import Config
from sync.config.read import read_config
from sync.demo.crm import DemoCrm

_SECRETS = {
    "KEPTWORD_DEMO_KEY": "sandbox-key",
    "KEPTWORD_DEMO_SECRET": "sandbox-secret",
    "KEPTWORD_DEMO_TOKEN": "pat-sandbox-token",
}
"""What the CRM of the demo accepts from anybody on this machine."""

_TEXT = """
mode = "write"
[company]
timezone = "Europe/London"
calendar = {{ country = "GB", subdivision = "ENG", hours = "09:00-17:30" }}
[connections.sf]
crm = "salesforce"
login = {{ kind = "client_credentials", domain = "agency.my", key = "env:KEPTWORD_DEMO_KEY", secret = "env:KEPTWORD_DEMO_SECRET" }}
login_url = "{url}"
ca_file = "{ca_file}"
[connections.hs]
crm = "hubspot"
login = {{ kind = "token", token = "env:KEPTWORD_DEMO_TOKEN" }}
api_url = "{url}"
ca_file = "{ca_file}"
pace = 1000
[log]
level = "error"
"""


def demo_config(crm: DemoCrm, folder: Path) -> Config:
    """Writes `keptword.toml` into the folder and reads it as any command would."""
    os.environ.update(_SECRETS)
    path = folder / "keptword.toml"
    path.write_text(_TEXT.format(url=crm.https_url, ca_file=crm.ca_file), encoding="utf-8")
    return read_config(path)
