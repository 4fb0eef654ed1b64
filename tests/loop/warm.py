"""What every command works out for itself, worked out before the processes of the tests part: what is
imported for it, the rules, and the SQL of facts."""

from rules.asked import follow
from rules.rule import read_rules
from rules.wanted import wanted_facts
from sync.cli.main import main
from tests.loop.world import JUDGED

list(main.commands.values())
_RULES = read_rules({}, [], place="the catalogue")
follow(wanted_facts(_RULES[name] for name in JUDGED))
follow(wanted_facts(rule for rule in _RULES.values() if rule.file.mode != "off"))
