"""Every path of this side, with the function that answers each method."""

import re
from collections.abc import Callable, Mapping

from sandbox.salesforce import (
    batches,
    composite,
    describe,
    identity,
    limits,
    login,
    query,
    replication,
    resources,
    sobjects,
    tooling,
)
from sandbox.salesforce.bulk import jobs, results
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers import bin as deleted
from sandbox.salesforce.levers import login as logins
from sandbox.salesforce.levers import merging, model, sharing, sight, stamps
from sandbox.salesforce.org import Org
from sandbox.salesforce.records import Records

Handler = Callable[[Records, Call], Answer]
_Paths = dict["re.Pattern[str]", Mapping[str, Handler]]


def _reading(handler: Callable[[Org, Call], Answer]) -> Handler:
    return lambda records, call: handler(records.org, call)


def _data(path: str) -> "re.Pattern[str]":
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return re.compile(rf"/services/data/v(?P<version>\d\d\.0){pattern}/?")


OPEN_PATHS: _Paths = {
    re.compile(r"/services/oauth2/token"): {"POST": _reading(login.give_token)},
    re.compile(r"/services/oauth2/revoke"): {"POST": _reading(login.revoke_token)},
    re.compile(r"/services/Soap/[uc]/(?P<version>\d\d\.0)(/.*)?"): {"POST": _reading(login.log_in_by_soap)},
    re.compile(r"/services/data/?"): {"GET": _reading(resources.list_versions)},
    re.compile(r"/services/async/.*"): dict.fromkeys(("GET", "POST"), _reading(resources.refuse_bulk)),
}
"""What needs no token."""

PATHS: _Paths = {
    re.compile(r"/services/oauth2/userinfo"): dict.fromkeys(("GET", "POST"), _reading(identity.show_user)),
    re.compile(r"/id/(?P<org>\w+)/(?P<user>\w+)"): dict.fromkeys(("GET", "POST"), _reading(identity.show_identity)),
    _data(""): {"GET": _reading(resources.list_resources)},
    _data("/recent"): {"GET": _reading(resources.list_recent)},
    _data("/query"): {"GET": _reading(query.run_query)},
    _data("/queryAll"): {"GET": _reading(query.run_query_all)},
    _data(r"/(?:query|queryAll|tooling/query)/(?P<locator>\w+-\d+)"): {"GET": _reading(query.next_page)},
    _data(r"/(?:query|queryAll|tooling/query)/{unknown}"): {"GET": _reading(query.refuse_locator)},
    _data("/limits"): {"GET": _reading(limits.show_limits)},
    _data("/limits/recordCount"): {"GET": _reading(limits.count_records)},
    _data("/sobjects"): {"GET": _reading(describe.list_objects)},
    _data("/sobjects/{object}"): {"GET": _reading(describe.describe_briefly), "POST": sobjects.create},
    _data("/sobjects/{object}/describe"): {"GET": _reading(describe.describe_object)},
    _data("/sobjects/{object}/deleted"): {"GET": _reading(replication.list_deleted)},
    _data("/sobjects/{object}/updated"): {"GET": _reading(replication.list_updated)},
    _data("/sobjects/{object}/{id}"): {"GET": sobjects.read, "PATCH": sobjects.update, "DELETE": sobjects.delete},
    _data("/sobjects/{object}/{field}/{value}"): {
        "GET": sobjects.read_by_external_id, "PATCH": sobjects.upsert, "DELETE": sobjects.delete_by_external_id,
    },
    _data("/composite"): {"POST": composite.run_steps},
    _data("/composite/batch"): {"POST": composite.run_batch},
    _data("/composite/sobjects"): {
        "POST": batches.create, "PATCH": batches.update, "DELETE": batches.delete,
    },
    _data("/composite/sobjects/{object}"): {"GET": batches.read, "POST": batches.read},
    _data("/composite/sobjects/{object}/{field}"): {"PATCH": batches.upsert},
    _data("/jobs/query"): {"POST": _reading(jobs.create), "GET": _reading(jobs.list_jobs)},
    _data("/jobs/query/{id}"): {
        "GET": _reading(jobs.show), "PATCH": _reading(jobs.abort), "DELETE": _reading(jobs.delete),
    },
    _data("/jobs/query/{id}/results"): {"GET": _reading(results.read_page)},
    _data("/jobs/query/{id}/result[Pp]ages"): {"GET": _reading(results.list_pages)},
    _data("/tooling/sobjects/CustomField"): {"POST": tooling.create_field},
    _data("/tooling/sobjects/CustomField/{id}"): {"GET": tooling.read_field},
    _data("/tooling/query"): {"GET": tooling.query_fields},
}  # fmt: skip
"""What needs a token and counts as a call."""

CONTROLS: Mapping[str, Handler] = {
    "expire": logins.expire_tokens, "jwt-key": logins.register_key, "fail-jobs": logins.fail_jobs,
    "undelete": deleted.undelete, "empty-bin": deleted.empty, "merge": merging.merge_records,
    "commit": stamps.commit, "touch": stamps.touch, "hide": sight.hide, "show": sight.show,
    "sharing": sharing.set_defaults,
    "field": model.change_field, "remove-field": model.remove_field,
}  # fmt: skip
"""The levers of this side: POST /_sandbox/salesforce/NAME."""
