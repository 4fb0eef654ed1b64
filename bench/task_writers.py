"""Ways to write tasks into a CRM: Keptword's, the vendors' own clients row by row, and the bare minimum."""

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import urllib3

from bench.measure import Cost, Stopwatch
from bench.served import Served
from connectors.tasks import Crm, Task, wanted_values, write_state

Target = tuple[str, str]
"""An account and its owner, by the CRM's ids."""

NOW = datetime(2024, 5, 1, 9)
_DUE_ON, _DUE_AT = date(2024, 5, 3), datetime(2024, 5, 3, 16, 30)
_BODY = """Nobody of ours and {name} have been in touch since Tue 2 January 2024 (call).
For a tier A client that is too long.
Call rather than write. To begin: "I wanted to hear how things are going before I send you anything."
This task closes by itself once a call, meeting or e-mail with them is logged."""

_BATCHES: Mapping[Crm, tuple[int, str]] = {
    "salesforce": (200, "/services/data/v66.0/composite/sobjects"),
    "hubspot": (100, "/crm/objects/2026-09/tasks/batch/create"),
}
"""How many inputs one call takes, and its path."""


def tasks_for(crm: Crm, targets: Sequence[Target], series: str) -> list[Task]:
    """One task for each target; `series` tells the keys of one writer from another's."""
    return [_task(crm, target, f"kw1-bench-{series}-{n}-0") for n, target in enumerate(targets)]


def _task(crm: Crm, target: Target, key: str) -> Task:
    account_id, owner_id = target
    task = Task(
        key=key, state="", subject=f"Call client {account_id}: no contact since Tue 2 January 2024",
        body=_BODY.format(name=account_id), owner_id=owner_id, due_on=_DUE_ON, due_at=_DUE_AT, priority="normal",
        kind="call", account_id=account_id,
    )  # fmt: skip
    return Task(**{**_members(task), "state": write_state(wanted_values(crm, task), ["a" * 9])})


def _members(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in Task.__dataclass_fields__}


def through_connector(
    config_file: Path, crm: Crm, targets: Sequence[Target], served: Served, *, series: str
) -> Cost:
    """Keptword's connector, ready and logged in, in the portions in which apply hands tasks over."""
    from sync.apply import BATCH
    from sync.config.read import read_config
    from sync.connections import open_connections

    tasks = tasks_for(crm, targets, series)
    with open_connections(read_config(config_file)) as (connection,):
        connection.connector.probe()
        connection.connector.readiness()
        served.forget()
        with Stopwatch() as watch:
            for start in range(0, len(tasks), BATCH):
                outcomes = connection.connector.create(tasks[start : start + BATCH])
                refused = [outcome for outcome in outcomes if outcome.result != "created"]
                if refused:
                    raise RuntimeError(f"not created: {refused[0]}")
        return watch.cost(count=len(tasks), requests=served.requests_seen())


def through_run(config_file: Path, served: Served) -> Cost:
    """The whole `keptword run`: pull, judge, plan, apply, with ledger and mirror, over clients who are all silent."""
    from sync.config.read import read_config
    from sync.pull.statement import silence
    from sync.run import open_bench, run
    from sync.wishes import Wishes

    config = read_config(config_file)
    served.forget()
    with Stopwatch() as watch, open_bench(config, command="run") as bench:
        report = run(bench, Wishes(now=NOW), silence, write=True)
    figures = report.figures()
    if not figures["written"] or figures["failed"]:
        raise RuntimeError(f"not everything was written: {figures}")
    return watch.cost(count=figures["written"], requests=served.requests_seen())


def through_simple_salesforce(targets: Sequence[Target], served: Served) -> Cost:
    """`sf.Task.create`, one call a task."""
    import requests
    from simple_salesforce.api import Salesforce

    token = served.headers("salesforce")["Authorization"].removeprefix("Bearer ")
    records = [_salesforce(task) for task in tasks_for("salesforce", targets, "single")]
    with requests.Session() as session:
        # The session's own `verify` would lose to a bundle that the environment names.
        os.environ["REQUESTS_CA_BUNDLE"] = served.ca_file
        instance = served.https_url.removeprefix("https://")
        client = Salesforce(session_id=token, instance=instance, version="66.0", session=session)
        with Stopwatch() as watch:
            task: Any = client.Task
            for record in records:
                task.create(record)
    return watch.cost(count=len(records), requests=len(records))


def through_hubspot_client(targets: Sequence[Target], served: Served) -> Cost:
    """`basic_api.create`, one call a task, with the client's own models."""
    from hubspot.crm.objects import ApiClient, BasicApi, Configuration, SimplePublicObjectInputForCreate

    configuration = Configuration(host=served.https_url)
    configuration.access_token = served.headers("hubspot")["Authorization"].removeprefix("Bearer ")
    configuration.ssl_ca_cert = served.ca_file
    inputs = [_hubspot(task) for task in tasks_for("hubspot", targets, "single")]
    client = ApiClient(configuration=configuration)
    api = BasicApi(client)
    with Stopwatch() as watch:
        for given in inputs:
            model = SimplePublicObjectInputForCreate(
                properties=given["properties"], associations=given["associations"]
            )
            api.create("tasks", model)
    client.rest_client.pool_manager.clear()
    client.close()
    return watch.cost(count=len(inputs), requests=len(inputs))


def through_plain_pool(crm: Crm, targets: Sequence[Target], served: Served) -> Cost:
    """The floor: the vendor's largest batches over one pool, bodies by orjson, answers parsed and not looked at."""
    tasks = tasks_for(crm, targets, "floor")
    size, path = _BATCHES[crm]
    headers = {**served.headers(crm), "Accept-Encoding": "gzip"}
    requests = 0
    with Stopwatch() as watch, urllib3.PoolManager(ca_certs=served.ca_file, retries=False) as pool:
        for start in range(0, len(tasks), size):
            body = orjson.dumps(_batch(crm, tasks[start : start + size]))
            answer = pool.request("POST", served.https_url + path, body=body, headers=headers)
            requests += 1
            if answer.status >= 300:
                raise RuntimeError(f"{path} was answered {answer.status}: {answer.data[:300]!r}")
            orjson.loads(answer.data)
    return watch.cost(count=len(tasks), requests=requests)


def _batch(crm: Crm, tasks: Sequence[Task]) -> dict[str, Any]:
    if crm == "hubspot":
        return {"inputs": [_hubspot(task) for task in tasks]}
    records = [{"attributes": {"type": "Task"}, **_salesforce(task)} for task in tasks]
    return {"allOrNone": False, "records": records}


def _salesforce(task: Task) -> dict[str, Any]:
    return {
        "Keptword_Key__c": task.key, "Keptword_State__c": task.state, "Subject": task.subject,
        "Description": task.body, "Status": "Not Started", "Priority": "Normal",
        "ActivityDate": task.due_on.isoformat(), "OwnerId": task.owner_id, "WhatId": task.account_id,
        "TaskSubtype": "Call",
    }  # fmt: skip


def _hubspot(task: Task) -> dict[str, Any]:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 192}
    return {
        "properties": {
            "hs_task_subject": task.subject, "hs_task_body": task.body.replace("\n", "<br>"),
            "hs_task_status": "NOT_STARTED", "hs_task_priority": "MEDIUM", "hs_task_type": "CALL",
            "hs_timestamp": task.due_at.isoformat() + ".000Z", "hubspot_owner_id": task.owner_id,
            "keptword_key": task.key, "keptword_state": task.state,
        },
        "associations": [{"to": {"id": task.account_id}, "types": [kind]}],
    }  # fmt: skip
