"""The org's allowance of API calls: what it is, what is left, and what happens when it is spent."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused

_OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200, "DailyAsyncApexExecutions": 250_000, "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562, "DailyBulkV2QueryJobs": 10_000, "DailyGenericStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000, "DataStorageMB": 1_024, "FileStorageMB": 1_024, "HourlyODataCallout": 1_000,
    "MassEmail": 5_000, "SingleEmail": 5_000,
}  # fmt: skip


def count_call(org: Org) -> None:
    """Takes one call off the allowance; raises Refused when limits are on and nothing is left."""
    if org.world.switches.rate_limits and org.calls >= org.world.switches.daily_api_calls:
        raise Refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    org.calls += 1


def usage(org: Org) -> str:
    """The value of Sforce-Limit-Info."""
    return f"api-usage={org.calls}/{org.world.switches.daily_api_calls}"


def show_limits(org: Org, _call: Call) -> Answer:
    """Every limit with what is left of it."""
    most = org.world.switches.daily_api_calls
    limits = {"DailyApiRequests": {"Max": most, "Remaining": max(0, most - org.calls)}}
    limits |= {name: {"Max": amount, "Remaining": amount} for name, amount in _OTHERS.items()}
    return Answer(body=dict(sorted(limits.items())))
