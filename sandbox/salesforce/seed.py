"""What an org has before anybody enters a record: itself, its admin, statuses, profiles, permission sets."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.salesforce.identifiers import ORG_ID
from sandbox.salesforce.login import USERNAME
from sandbox.salesforce.org import Org

Rows = list[dict[str, Any]]

_STAGES = (
    ("Prospecting", 10, "Pipeline"), ("Qualification", 10, "Pipeline"), ("Needs Analysis", 20, "Pipeline"),
    ("Value Proposition", 50, "Pipeline"), ("Id. Decision Makers", 60, "Pipeline"), ("Perception Analysis", 70, "Pipeline"),
    ("Proposal/Price Quote", 75, "Pipeline"), ("Negotiation/Review", 90, "Pipeline"), ("Closed Won", 100, "Closed"),
    ("Closed Lost", 0, "Omitted"),
)  # fmt: skip
_TASK_STATUSES = {
    "Not Started": "default",
    "In Progress": "",
    "Completed": "closed",
    "Waiting on someone else": "",
    "Deferred": "",
}
_CASE_STATUSES = {"New": "default", "Working": "", "On Hold": "", "Escalated": "", "Closed": "closed"}


def first_records(org: Org) -> Iterator[tuple[str, Rows]]:
    """Object names with their rows, in the order in which they must be loaded."""
    org.profile_id, org.user_id = org.numbering.next_id("00e"), org.numbering.next_id("005")
    role, owned = org.numbering.next_id("00E"), org.numbering.next_id("0PS")
    yield "Organization", [_organisation()]
    yield "Profile", [{"Id": org.profile_id, "Name": "System Administrator"}]
    yield "UserRole", [{"Id": role, "Name": "CEO", "DeveloperName": "CEO"}]
    yield "User", [_admin(org, role)]
    yield "TaskStatus", _statuses(_TASK_STATUSES)
    yield "CaseStatus", _statuses(_CASE_STATUSES)
    yield (
        "TaskPriority",
        [
            _labelled(place, label) | {"IsDefault": label == "Normal", "IsHighPriority": label == "High"}
            for place, label in enumerate(("High", "Normal", "Low"), 1)
        ],
    )
    yield (
        "OpportunityStage",
        [
            _labelled(place, label)
            | {"IsActive": True, "IsClosed": label.startswith("Closed"), "IsWon": label == "Closed Won"}
            | {"ForecastCategory": category, "DefaultProbability": chance}
            for place, (label, chance, category) in enumerate(_STAGES, 1)
        ],
    )
    yield "PermissionSet", [_profile_set(org, owned)]
    yield "PermissionSetAssignment", [{"PermissionSetId": owned, "AssigneeId": org.user_id, "IsActive": True}]


def _organisation() -> dict[str, Any]:
    return {
        "Id": ORG_ID, "Name": "Sandbox Agency", "Country": "GB", "DefaultLocaleSidKey": "en_GB", "TimeZoneSidKey": "GMT",
        "LanguageLocaleKey": "en_US", "OrganizationType": "Developer Edition", "InstanceName": "SBX1", "IsSandbox": False,
        "FiscalYearStartMonth": 1,
    }  # fmt: skip


def _admin(org: Org, role: str) -> dict[str, Any]:
    return {
        "Id": org.user_id, "Username": USERNAME, "Email": USERNAME, "FirstName": "Sandbox", "LastName": "Admin",
        "Alias": "admin", "CommunityNickname": "admin", "ProfileId": org.profile_id, "UserRoleId": role,
        "Title": "Administrator", "TimeZoneSidKey": "GMT",
    }  # fmt: skip


def _profile_set(org: Org, record_id: str) -> dict[str, Any]:
    # Every profile has a permission set of its own, which bears the profile's field permissions.
    name = f"X{org.profile_id[:15]}"
    return {
        "Id": record_id, "Name": name, "Label": name, "ProfileId": org.profile_id, "IsOwnedByProfile": True,
        "IsCustom": False, "Type": "Profile",
    }  # fmt: skip


def _labelled(place: int, label: str) -> dict[str, Any]:
    return {"MasterLabel": label, "ApiName": label, "SortOrder": place}


def _statuses(meanings: Mapping[str, str]) -> Rows:
    return [
        _labelled(place, label) | {"IsDefault": meaning == "default", "IsClosed": meaning == "closed"}
        for place, (label, meaning) in enumerate(meanings.items(), 1)
    ]
