"""Rules as an editor completes them: the built-in ones by name with their params, and rules of one's own by subject."""

from collections.abc import Mapping
from typing import Any

from rules.columns import Param, Segments
from rules.facts import SUBJECTS
from rules.rule import FIXED, NAME_LENGTH, Rule, RuleFile, read_rules
from rules.scenario.expect import ONLY, UNKNOWN
from sync.schema.choice import by_choice
from sync.schema.facts import SCALAR, absent_names, fact_definitions, given_rows
from sync.schema.tidy import Json, beside, model_schema, ref, table

_TEXT: Json = {"type": "string"}
_IDS: Json = {"type": "array", "items": _TEXT}


def rule_schemas(*, named: bool) -> tuple[Json, Json, dict[str, Json]]:
    """`[rules]`, one rule of one's own (which must have a name where it is `named`), and what both refer to."""
    rules = read_rules({}, [], place="rules/catalogue")
    file, models = model_schema(RuleFile)
    _complete(models, rules)
    keys = dict(file["properties"])
    choice = {"anyOf": [{"type": "string", "enum": list(rules)}, _TEXT]}
    keys["inhibits"] = {**keys["inhibits"], "items": choice}
    definitions = {
        **models,
        **fact_definitions(),
        **{f"example-{subject}": _example(models["Example"], subject) for subject in SUBJECTS},
        "rule": table(keys),
    }
    del definitions["Example"]
    changed = table({name: _changed(keys, rule) for name, rule in rules.items()})
    required = ["about", "when", *(("name",) if named else ())]
    own = by_choice(
        "about",
        {subject: _own(keys, subject, required) for subject in SUBJECTS},
        description=file["description"],
    )
    own["properties"]["about"] |= {"description": keys["about"]["description"]}
    return changed, own, definitions


def _own(keys: Json, subject: str, required: list[str]) -> Json:
    """A rule about one subject; in a file of `rules_dir` the file's name is the rule's."""
    properties = {
        "name": {
            "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": NAME_LENGTH,
            "description": f"At most {NAME_LENGTH} of a-z, 0-9 and -; part of the key of its tasks.",
        },
        **{key: ref(f"rule/properties/{key}") for key in keys},
        "occurrence": {**keys["occurrence"], "items": ref(f"occurrence-{subject}")},
        "params": {**keys["params"], "additionalProperties": ref(f"param-{subject}")},
        "examples": {**keys["examples"], "items": ref(f"example-{subject}")},
    }  # fmt: skip
    return table(properties, required=required)


def _changed(keys: Json, rule: Rule) -> Json:
    """What an admin may say of a built-in rule, with its own values as defaults."""
    subject = rule.file.about
    said = {key: _with_default(key, keys, getattr(rule.file, key)) for key in keys if key not in FIXED}
    params = {name: _param(param, subject) for name, param in rule.params.items()}
    return table(
        {
            **said,
            "params": table(params, description=keys["params"]["description"]),
            "examples": {**keys["examples"], "items": ref(f"example-{subject}")},
        },
        description=f"{rule.file.title}. {rule.file.why}",
    )


def _with_default(key: str, keys: Json, value: Any) -> Json:
    """Texts and choices show what is built in; lists and tables would only be long."""
    if isinstance(value, str) and value:
        return {**keys[key], "default": value}
    return ref(f"rule/properties/{key}")


def _param(param: Param, subject: str) -> Json:
    value = param.value
    if not isinstance(value, Segments):
        return beside(ref(f"param-{subject}"), default=value, examples=[value])
    built_in = {"by": value.by, **value.cases, "default": value.default}
    cases = {case: {**SCALAR, "default": each} for case, each in built_in.items() if case != "by"}
    segmented = table({"by": ref(f"by-{subject}"), **cases}, more=SCALAR, required=["by", "default"])
    return {"anyOf": [SCALAR, segmented], "default": built_in, "examples": [built_in]}


def _example(example: Json, subject: str) -> Json:
    return {**example, "properties": {**example["properties"], "given": ref(f"facts-{subject}")}}


def _complete(models: dict[str, Json], rules: Mapping[str, Rule]) -> None:
    """What the models leave open: a task's one or several lines; what a scenario gives and expects."""
    task, scenario = models["TaskText"]["properties"], models["Scenario"]["properties"]
    for key in ("subject", "closes"):
        task[key] |= {"type": ["string", "array"]}
    scenario["absent"] |= {"items": absent_names()}
    scenario["given"] = {**given_rows(), "description": scenario["given"]["description"]}
    named = {name: {**_IDS, "description": rule.file.title} for name, rule in rules.items()}
    # A rule may bear these two names as well: then a list of ids stands there.
    special = {
        ONLY: {"type": ["boolean", "array"], "items": _TEXT},
        UNKNOWN: {
            "type": ["object", "array"],
            "items": _TEXT,
            "properties": named,
            "additionalProperties": _IDS,
        },
    }
    scenario["expect"] = table({**named, **special}, more=_IDS, description=scenario["expect"]["description"])
