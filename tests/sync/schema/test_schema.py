"""The JSON Schema takes what Keptword takes, refuses what it refuses at the same key, and names all that may be named."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.facts import SUBJECTS, read_facts
from rules.records import RECORDS
from rules.rule import RuleFile, catalogue_files, read_rules
from sync.config.config import Config
from sync.schema.document import config_schema, rule_file_schema
from tests.sync.schema.validate import mistakes
from tests.sync.test_config_read import GOOD

HOME = Path(__file__).parents[3]
SCHEMA, RULE_FILE = config_schema(), rule_file_schema()
RULE = '[[rule]]\nname = "x"\nabout = "account"\nwhen = "days_since_touch > 3"\n'
HUBSPOT = '[connections.hs]\ncrm = "hubspot"\nlogin = { kind = "token", token = "env:HS" }\n'


def refused(text: str) -> list[str]:
    return mistakes(tomllib.loads(GOOD + text), SCHEMA)


@pytest.mark.parametrize("name", catalogue_files())
def test_it_takes_every_rule_file_that_ships(name: str) -> None:
    assert mistakes(tomllib.loads(catalogue_files()[name]), RULE_FILE) == []


def test_it_takes_the_example() -> None:
    assert mistakes(tomllib.loads((HOME / "config.example.toml").read_text("utf-8")), SCHEMA) == []


def test_it_takes_the_commented_rules_and_records_of_the_example() -> None:
    text = (HOME / "config.example.toml").read_text("utf-8")
    rules = text.partition("# [rules.stale-contact]")[2]
    records = re.search(r"(?ms)^# \[connections.sf.records.invoice\]\n(# .*?\n)+", text)
    assert records
    taken = "\n".join(
        line.removeprefix("# ")
        for line in f"[rules.stale-contact]{rules}".splitlines()
        if "A rule of" not in line
    )
    shown = re.sub(r"(?m)^# ", "", records[0])
    assert refused(f"{shown}\n{taken}") == []


@pytest.mark.parametrize("theme", sorted(path.stem for path in (HOME / "rules/stories").glob("*.toml")))
def test_it_takes_every_story(theme: str) -> None:
    stories = tomllib.loads((HOME / f"rules/stories/{theme}.toml").read_text("utf-8"))
    rule = {"about": "account", "when": "true", **stories}
    assert mistakes(rule, RULE_FILE) == []


@pytest.mark.parametrize(
    "text",
    [
        HUBSPOT,
        'mode = "write"\n' + HUBSPOT,
        '[connections.sf.records]\nactivity = [{ object = "Call__c", columns = { activity_id = "Id" }, via = { account_id = ["A__c"] } }]',
        '[connections.sf.records.contact]\ncolumns = { name = { words = ["First", "Last"] }, email = ["A", "B"] }',
        '[rules.stale-contact]\nparams.max_silence_days = "2 weeks"',
        '[rules.stale-contact]\nparams.max_silence_days = { by = "account_tier", A = 7, X = "off", default = 30 }',
        f"{RULE}[[rule.examples]]\nname = 'a'\ngiven = {{ days_since_touch = 4, last_touch_on = 2026-05-04 }}\nfires = true",
        f"{RULE}task = {{ subject = ['a', 'b'], closes = 'c', assign = ['finance'] }}",
    ],
)
def test_it_takes_what_may_be_written(text: str) -> None:
    document = tomllib.loads(text + "\n" + GOOD) if text.startswith("mode") else tomllib.loads(GOOD + text)
    assert mistakes(document, SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits]\nnew_per_rn = 3", "limits.new_per_rn: unknown"),
        ("[limits]\nfirst_run = -1", "limits.first_run: minimum"),
        ('[log]\nlevel = "loud"', "log.level: enum"),
        ('[connections.x]\ncrm = "salesfrce"', "connections.x.crm: enum"),
        (HUBSPOT.replace("token =", "tokn ="), "connections.hs.login.tokn: unknown"),
        (HUBSPOT.replace("env:HS", "pat-123"), "connections.hs.login.token: pattern"),
        (HUBSPOT + 'org_id = "00D"', "connections.hs.org_id: unknown"),
        ("[connections.sf.records.invoce]", "connections.sf.records.invoce: unknown"),
        ('[connections.sf.records.invoice]\ncolumns = { balanc = "B" }', "connections.sf.records.invoice.columns.balanc: unknown"),
        ('[rules.stale-contct]\nmode = "off"', "rules.stale-contct: unknown"),
        ('[rules.stale-contact]\nmode = "of"', "rules.stale-contact.mode: enum"),
        ('[rules.stale-contact]\nwhen = "true"', "rules.stale-contact.when: unknown"),
        ("[rules.stale-contact]\nparams.max_days = 3", "rules.stale-contact.params.max_days: unknown"),
        ('[rules.stale-contact]\nparams.max_silence_days = { by = "tier", default = 3 }', "rules.stale-contact.params.max_silence_days: anyOf"),
        (RULE.replace("account", "acount"), "rule[1].about: enum"),
        (RULE.replace('name = "x"', ""), "rule[1]: required"),
        (f'{RULE}occurrence = ["days_since_touch"]', "rule[1].occurrence[1]: enum"),
        (f'{RULE}occurrence = ["due_on"]', "rule[1].occurrence[1]: enum"),
        (f"{RULE}[[rule.examples]]\nname = 'a'\ngiven = {{ days_overdue = 4 }}\nfires = true", "rule[1].examples[1].given.days_overdue: unknown"),
        (f"{RULE}[[rule.examples]]\nname = 'a'\ngiven = {{}}\nfires = 'yes'", "rule[1].examples[1].fires: enum"),
        (f"{RULE}[[rule.scenarios]]\nname = 'a'\nnow = 2026-05-04T09:00:00Z\ngiven.activity = [{{ kynd = 'call' }}]", "rule[1].scenarios[1].given.activity[1].kynd: unknown"),
        (f"{RULE}task.assign = ['boss']", "rule[1].task.assign[1]: enum"),
    ],
)  # fmt: skip
def test_it_refuses_what_is_wrong_at_its_key(text: str, said: str) -> None:
    assert said in refused(text)


def test_it_names_every_key_of_the_config() -> None:
    named = {field.alias or name for name, field in Config.model_fields.items()}
    assert set(SCHEMA["properties"]) == named


def test_it_names_every_rule_with_its_params_and_their_values() -> None:
    rules = read_rules({}, [], place="keptword.toml")
    shown = SCHEMA["properties"]["rules"]["properties"]
    assert {name: set(each["properties"]["params"]["properties"]) for name, each in shown.items()} == {
        name: set(rule.params) for name, rule in rules.items()
    }
    assert shown["stale-contact"]["properties"]["params"]["properties"]["max_silence_days"]["default"] == {
        "by": "account_tier", "A": 14, "B": 30, "C": 60, "default": 30,
    }  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_names_every_fact_with_its_meaning(subject: str) -> None:
    view, shown = read_facts()[subject], SCHEMA["$defs"][f"facts-{subject}"]["properties"]
    assert {name: fact.column.doc in shown[name]["description"] for name, fact in view.facts.items()} == (
        dict.fromkeys(view.facts, True)
    )


@pytest.mark.parametrize("record", RECORDS)
def test_it_names_every_column_of_a_record(record: str) -> None:
    columns = [column.name for column in RECORDS[record].columns]
    assert list(SCHEMA["$defs"][f"record-{record}"]["properties"]["columns"]["properties"]) == columns


def untold(schema: Any, path: str = "") -> list[str]:
    """The keys of tables that people write and nobody describes."""
    found = []
    for name, each in schema.get("properties", {}).items():
        if "$ref" not in each and "description" not in each and "const" not in each:
            found.append(f"{path}.{name}")
    return found


def test_every_key_of_a_rule_has_its_meaning() -> None:
    assert untold(SCHEMA["$defs"]["rule"]) == []
    assert set(SCHEMA["$defs"]["rule"]["properties"]) == set(RuleFile.model_fields)
    assert untold(SCHEMA["$defs"]["Scenario"]) == []
    assert untold(SCHEMA["$defs"]["TaskText"]) == []
