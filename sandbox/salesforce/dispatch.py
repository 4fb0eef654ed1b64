"""From a request to the function that answers it: version, token, method and allowance are checked on the way."""

import dataclasses
import re
from collections.abc import Mapping

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.limits import count_call
from sandbox.salesforce.login import check_session
from sandbox.salesforce.org import Org
from sandbox.salesforce.paths import OPEN_PATHS, PATHS, Handler
from sandbox.salesforce.records import Records
from sandbox.salesforce.recycle_bin import sweep_bin
from sandbox.salesforce.refusals import Refused, not_found
from sandbox.salesforce.resources import VERSIONS

_Found = tuple[Mapping[str, Handler], dict[str, str]]


def answer(records: Records, path: str, call: Call) -> Answer:
    """The answer, refusals included; what a refused request had written is taken back."""
    try:
        return _answer(records, path, call)
    except Refused as refused:
        return Answer(status=refused.status, body=refused.as_request_error())


def admit(org: Org, call: Call) -> Answer | None:
    """Checks the login and counts the call, as for one that is looked into; the refusal if it is refused."""
    try:
        check_session(org, call)
        count_call(org)
    except Refused as refused:
        return Answer(status=refused.status, body=refused.as_request_error())
    return None


def _answer(records: Records, path: str, call: Call) -> Answer:
    found = _match(OPEN_PATHS, path)
    guarded = found is None
    handlers, parts = found or _match(PATHS, path) or ({}, {})
    if "version" in parts:
        _check_version(parts["version"])
    if guarded:
        check_session(records.org, call)
    if not handlers:
        raise not_found()
    if call.method not in handlers:
        message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(handlers)}"
        raise Refused("METHOD_NOT_ALLOWED", message, status=405)
    if guarded:
        count_call(records.org)
        sweep_bin(records.org)
    with records.org.world.store.transaction():
        return handlers[call.method](records, dataclasses.replace(call, path=parts))


def _match(paths: Mapping["re.Pattern[str]", Mapping[str, Handler]], path: str) -> _Found | None:
    for pattern, handlers in paths.items():
        found = pattern.fullmatch(path)
        if found:
            return handlers, found.groupdict()
    return None


def _check_version(version: str) -> None:
    major = int(version.partition(".")[0])
    if major < VERSIONS.start:
        message = f"API version {version} has been retired and is no longer available"
        raise Refused("UNSUPPORTED_API_VERSION", message, status=410)
    if major not in VERSIONS:
        raise not_found()
