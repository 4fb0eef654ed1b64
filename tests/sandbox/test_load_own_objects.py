"""Data files of objects that the customer made."""

from pathlib import Path

from sandbox.fill import speakers
from sandbox.load import load_folder
from sandbox.world import World


def test_a_file_of_an_object_of_the_customers_own_is_loaded_into_salesforce(tmp_path: Path) -> None:
    (tmp_path / "Bill__c.csv").write_text("Name,Balance__c\nINV-1,120.50\n", encoding="utf-8")
    salesforce, hubspot = speakers(World())
    assert load_folder(tmp_path, [salesforce, hubspot]) == {"Bill__c": 1}
    assert salesforce.dump()["Bill__c"][0]["Balance__c"] == 120.5
