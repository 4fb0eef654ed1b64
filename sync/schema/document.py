"""The whole schema: of the config, or of one rule file."""

from rules.mapping import Words
from rules.records import RECORDS, Record
from sync.config.config import Config
from sync.schema.choice import alone_or_listed, by_choice
from sync.schema.facts import record_columns
from sync.schema.rules import rule_schemas
from sync.schema.tidy import DRAFT, Json, model_schema, named_by, ref, table

_TEXT: Json = {"type": "string"}
_TEXTS: Json = {"type": "array", "items": _TEXT}


def config_schema() -> Json:
    """The JSON Schema of `keptword.toml`."""
    config, models = model_schema(Config)
    changed, own, definitions = rule_schemas(named=True)
    override, keys = models.pop("RecordOverride"), config["properties"]
    keys["connections"] |= {"additionalProperties": _connection(models), "minProperties": 1}
    keys["rules"] = {**changed, "description": keys["rules"]["description"]}
    keys["rule"] |= {"items": own}
    definitions |= models | _records(override)
    return {"$schema": DRAFT, "title": "keptword.toml", **config, "$defs": definitions}


def rule_file_schema() -> Json:
    """The JSON Schema of a file in `rules_dir`."""
    _, own, definitions = rule_schemas(named=False)
    return {"$schema": DRAFT, "title": "A rule of Keptword", **own, "$defs": definitions}


def _connection(models: dict[str, Json]) -> Json:
    """One CRM: the settings of its connector, and beside them `records`."""
    connection = models.pop("Connection")
    for model in models.values():
        _choose_by_kind(model, models)
    crms = connection["properties"]["settings"]["discriminator"]["mapping"]
    branches = {crm: models.pop(named_by({"$ref": path})) for crm, path in crms.items()}
    for branch in branches.values():
        branch["properties"]["records"] = ref("records")
    return by_choice("crm", branches, description=connection["description"])


def _choose_by_kind(model: Json, models: dict[str, Json]) -> None:
    """pydantic's own form of a choice says too little about what is wrong."""
    for key, value in model.get("properties", {}).items():
        choice = value.get("discriminator")
        if choice and "records" not in model["properties"]:
            branches = {kind: models[named_by({"$ref": path})] for kind, path in choice["mapping"].items()}
            model["properties"][key] = by_choice(choice["propertyName"], branches)


def _records(override: Json) -> dict[str, Json]:
    """`[connections.NAME.records]`, where a record is a table or a list of them, and what it refers to."""
    each = {f"record-{name}": _record(record, override) for name, record in RECORDS.items()}
    records = {
        name: alone_or_listed(ref(f"record-{name}"), description=record.doc)
        for name, record in RECORDS.items()
    }
    doc = "Record -> the object and fields that feed it, where the connector's mapping is not enough."
    return {**each, "records": table(records, description=doc)}


def _record(record: Record, override: Json) -> Json:
    keys = override["properties"]
    words = table(dict.fromkeys(Words.model_fields, _TEXTS), required=["words"])
    forms = {"columns": {"anyOf": [_TEXT, _TEXTS, words]}, "via": keys["via"]["additionalProperties"]}
    written = {
        key: {**record_columns(record, form), "description": keys[key]["description"]}
        for key, form in forms.items()
    }
    return {**override, "properties": {**keys, **written}}
