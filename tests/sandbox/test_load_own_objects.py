"""Data files of objects that the customer made."""

from pathlib import Path

import pytest

from sandbox.fill import speakers
from sandbox.load import load_folder
from sandbox.refused import Refused
from sandbox.world import World


def test_a_file_of_an_object_of_the_customers_own_is_loaded_into_salesforce(tmp_path: Path) -> None:
    (tmp_path / "Bill__c.csv").write_text("Name,Balance__c\nINV-1,120.50\n", encoding="utf-8")
    salesforce, hubspot = speakers(World())
    assert load_folder(tmp_path, [salesforce, hubspot]) == {"Bill__c": 1}
    assert salesforce.dump()["Bill__c"][0]["Balance__c"] == 120.5


def test_a_file_of_an_object_of_the_portals_own_is_loaded_with_its_links(tmp_path: Path) -> None:
    (tmp_path / "p_bill.csv").write_text("id,number,due\n7,INV-1,2026-05-20\n", encoding="utf-8")
    (tmp_path / "companies.csv").write_text("id,name\n1,Acme\n", encoding="utf-8")
    links = "from_type,from_id,to_type,to_id\np_bill,7,companies,1\n"
    (tmp_path / "associations.csv").write_text(links, encoding="utf-8")
    _, hubspot = speakers(World())
    assert load_folder(tmp_path, [hubspot]) == {"companies": 1, "p_bill": 1, "associations": 1}
    (bill,) = hubspot.dump()["p24601001_bill"]
    assert (bill["id"], bill["number"], bill["due"]) == ("7", "INV-1", "2026-05-20")
    ends = {(row["from_type"], row["to_type"]) for row in hubspot.dump()["associations"]}
    assert ends == {("p24601001_bill", "companies"), ("companies", "p24601001_bill")}


def test_a_file_that_is_refused_leaves_no_object_behind(tmp_path: Path) -> None:
    (tmp_path / "p_bill.csv").write_text("hs_number\nINV-1\n", encoding="utf-8")
    _, hubspot = speakers(World())
    with pytest.raises(Refused, match="p24601001_bill have no property 'hs_number'"):
        load_folder(tmp_path, [hubspot])
    (tmp_path / "p_bill.csv").write_text("number\nINV-1\n", encoding="utf-8")
    assert load_folder(tmp_path, [hubspot]) == {"p_bill": 1}
