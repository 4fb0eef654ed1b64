"""The org's allowances: what they are, what is left of each, and what happens when one is spent."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import ObjectShape
from sandbox.world import quoted

_OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200, "DailyAsyncApexExecutions": 250_000, "DailyBulkApiBatches": 15_000,
    "DailyGenericStreamingApiEvents": 10_000, "DailyWorkflowEmails": 1_000, "DataStorageMB": 1_024,
    "FileStorageMB": 1_024, "HourlyODataCallout": 1_000, "MassEmail": 5_000, "SingleEmail": 5_000,
}  # fmt: skip
_RESULT_STORE_MB = 976_562
_MB = 1024 * 1024


def count_call(org: Org) -> None:
    """Takes one call off the allowance; raises Refused when limits are on and nothing is left."""
    now, switches = org.world.clock.now(), org.world.switches
    if switches.rate_limits and org.calls.total(now) >= switches.daily_api_calls:
        raise Refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    org.calls.add(now)


def count_job(org: Org) -> None:
    """Takes one Bulk query job off its allowance; raises Refused in the vendor's words when none is left."""
    now, switches = org.world.clock.now(), org.world.switches
    spent, most = org.jobs_made.total(now), switches.daily_bulk_jobs
    if switches.rate_limits and spent >= most:
        message = f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached ({spent + 1})"
        raise Refused("LIMIT_EXCEEDED", message)
    org.jobs_made.add(now)


def usage(org: Org) -> str:
    """The value of Sforce-Limit-Info."""
    return f"api-usage={org.calls.total(org.world.clock.now())}/{org.world.switches.daily_api_calls}"


def count_records(org: Org, call: Call) -> Answer:
    """GET /limits/recordCount: how many records of each of `sObjects` there are that are not deleted."""
    names = [name.strip() for name in call.query.get("sObjects", "").split(",") if name.strip()]
    shapes = [org.catalogue.find(name) for name in names] if names else org.catalogue.objects()
    counts = [{"count": _count(org, shape), "name": shape.name} for shape in shapes if shape is not None]
    return Answer(body={"sObjects": counts})


def _count(org: Org, shape: ObjectShape) -> int:
    seen = org.catalogue.sight.seen(shape, "t") or "1"
    sql = f"SELECT COUNT(*) FROM {quoted(shape.table)} t WHERE t.IsDeleted = 0 AND {seen}"
    return int(org.world.store.query(sql)[0][0])


def show_limits(org: Org, _call: Call) -> Answer:
    """Every limit with what is left of it."""
    now, switches = org.world.clock.now(), org.world.switches
    spent = {
        "DailyApiRequests": (switches.daily_api_calls, org.calls.total(now)),
        "DailyBulkV2QueryJobs": (switches.daily_bulk_jobs, org.jobs_made.total(now)),
        "DailyBulkV2QueryFileStorageMB": (_RESULT_STORE_MB, org.result_bytes.total(now) // _MB),
    }
    limits = {name: {"Max": most, "Remaining": max(0, most - used)} for name, (most, used) in spent.items()}
    limits |= {name: {"Max": amount, "Remaining": amount} for name, amount in _OTHERS.items()}
    return Answer(body=dict(sorted(limits.items())))
