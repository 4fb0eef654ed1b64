"""Who sits at the keyboard, for what is noted under a name."""

import getpass

from rules.wording import tame
from sync.errors import UserError

_LONGEST = 200


def name_of_person(option: str, said: str | None) -> str:
    """What the option says, else who is logged in on this machine; raises UserError where neither is a name."""
    name = tame(said if said is not None else _logged_in()).strip()
    if not name or len(name) > _LONGEST:
        problem = "nobody's name is known here" if said is None else "this is no name"
        raise UserError(option, problem, f"Say it in 1 to {_LONGEST} characters: {option} NAME")
    return name


def _logged_in() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name at all
        return ""
