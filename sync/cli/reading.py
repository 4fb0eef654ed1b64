"""How commands read the config: with logging set up, and secrets looked for before anything is asked of a CRM."""

from pathlib import Path

from sync.cli.console import set_up_log
from sync.config.config import Config
from sync.config.read import read_config
from sync.config.whereabouts import check_files, check_secrets
from sync.errors import ConfigRefused


def config_for_crm(path: Path) -> Config:
    """The config of a command that will log in; raises ConfigRefused where a secret or a certificate is missing."""
    config = config_offline(path)
    missing = [*check_secrets(config), *check_files(config)]
    if missing:
        raise ConfigRefused(missing)
    return config


def config_offline(path: Path) -> Config:
    """The config of a command that stays on this machine."""
    config = read_config(path)
    set_up_log(config.log)
    return config
