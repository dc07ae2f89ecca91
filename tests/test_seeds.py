from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bowerman_data.fuse import fuse
from bowerman_data.seeds import SeedError, read_seeds

RACES = """races = [
  { race_id = "mile-1", name = "Mile", meet = "Meet", series = "Series", date = 2001-01-01, venue = "Track", city = "Town", country = "USA", discipline = "mile", distance_m = 1609.344, sex = "M", coverage = "full" },
]
"""
ATHLETES = """athletes = [
  { athlete_id = "ann-arrow", name = "Ann Arrow", given_name = "Ann", family_name = "Arrow", nation = "USA" },
  { athlete_id = "bo-bell", name = "Bo Bell", given_name = "Bo", family_name = "Bell", nation = "NOR" },
]
"""
SOURCE = """
[source]
source_id = "{0}"
publisher = "Paper"
title = "Title"
url = "https://example.org/{0}"
kind = "report"
"""


def claim(of: str, field: str, value: str, printed: str = "", about: str = "results") -> str:
    key = f"race_id=mile-1 athlete_id={of}" if about == "results" else f"athlete_id={of}"
    return (
        f'  {{ part = "table", printed = "{printed or value}", about = "{about}", key = "{key}", '
        f'field = "{field}", value = "{value}" }},'
    )


GOOD = [
    claim("ann-arrow", "place", "1"),
    claim("ann-arrow", "nation", "USA"),
    claim("ann-arrow", "mark", "4:00.10"),
    claim("bo-bell", "place", "2"),
    claim("bo-bell", "nation", "NOR"),
    claim("bo-bell", "mark", "4:00.20"),
    claim("bo-bell", "name", "Bo Bell", about="athletes"),
]


@pytest.fixture
def seeds(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of seeds: claims by source, rulings, and files replaced outright."""

    def write(
        rulings: str = "rulings = []", races: str = RACES, athletes: str = ATHLETES, **sources: list[str]
    ) -> Path:
        (tmp_path / "sources").mkdir(exist_ok=True)
        for name, text in (("races", races), ("athletes", athletes), ("rulings", rulings)):
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        for source, claims in (sources or {"paper": GOOD}).items():
            text = "\n".join(["claims = [", *claims, "]", SOURCE.format(source)])
            (tmp_path / f"sources/{source}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def faults(folder: Path) -> list[str]:
    with pytest.raises(SeedError) as caught:
        fuse(read_seeds(folder))
    return [str(fault) for fault in caught.value.faults]


def test_claims_that_agree_become_rows(seeds: Callable[..., Path]) -> None:
    rows = fuse(read_seeds(seeds()))["results"].to_pylist()
    assert [(row["athlete_id"], row["place"], row["time_ms"], row["status"]) for row in rows] == [
        ("ann-arrow", 1, 240_100, "OK"),
        ("bo-bell", 2, 240_200, "OK"),
    ]


def test_a_coarser_mark_agrees_with_a_finer_one_and_the_finer_stands(seeds: Callable[..., Path]) -> None:
    folder = seeds(paper=GOOD, other=[claim("ann-arrow", "mark", "4:00"), claim("ann-arrow", "mark", "4:00.1")])
    assert fuse(read_seeds(folder))["results"]["mark"].to_pylist()[0] == "4:00.10"


def test_claims_that_differ_without_a_ruling_are_a_fault_that_names_both(seeds: Callable[..., Path]) -> None:
    [fault] = faults(seeds(paper=GOOD, other=[claim("ann-arrow", "mark", "4:00.12")]))
    assert "4:00.10 (paper.toml: claims 3)" in fault
    assert "4:00.12 (other.toml: claims 1)" in fault
    assert "a ruling in rulings.toml" in fault


def test_a_ruling_decides_between_claims(seeds: Callable[..., Path]) -> None:
    ruling = """[[rulings]]
ruling_id = "ann"
about = "results"
key = "race_id=mile-1 athlete_id=ann-arrow"
field = "mark"
value = "4:00.12"
rejected = ["4:00.10"]
rule = "arithmetic"
reason = "Because."
"""
    folder = seeds(rulings=ruling, paper=GOOD, other=[claim("ann-arrow", "mark", "4:00.12")])
    assert fuse(read_seeds(folder))["results"]["mark"].to_pylist()[0] == "4:00.12"


def test_every_fault_of_every_file_is_reported_at_once(seeds: Callable[..., Path]) -> None:
    bad = [
        claim("ann-arow", "place", "1"),
        claim("bo-bell", "nation", "NOT"),
        claim("bo-bell", "mark", "3:65.34"),
        claim("bo-bell", "plaice", "2"),
        claim("bo-bell", "place", "two"),
    ]
    races = RACES.replace('sex = "M"', 'sex = "men"')
    found = faults(seeds(paper=bad, races=races))
    assert len(found) == 6
    assert any(
        "claims 1: key: got 'ann-arow', expected one of 2 known, nearest 'ann-arrow'" in fault for fault in found
    )
    assert any("claims 2: value: got 'NOT', expected" in fault and "nearest 'NOR'" in fault for fault in found)
    assert any("claims 3: value: got '3:65.34', expected a mark such as 3:45.34" in fault for fault in found)
    assert any("claims 4: field: got 'plaice', expected" in fault and "nearest 'place'" in fault for fault in found)
    assert any("races.toml: races 1: sex: got 'men', expected one of M, W, X" in fault for fault in found)


def test_a_file_that_is_no_toml_is_a_fault_not_a_traceback(seeds: Callable[..., Path]) -> None:
    [fault, *_] = faults(seeds(athletes="athletes = [ {"))
    assert fault.startswith("athletes.toml: file: TOML: got ")


def test_a_missing_file_is_a_fault(seeds: Callable[..., Path]) -> None:
    folder = seeds()
    (folder / "races.toml").unlink()
    assert faults(folder)[-1].startswith("races.toml: file: path: got nothing")


def test_a_field_unknown_or_missing_is_a_fault(seeds: Callable[..., Path]) -> None:
    record = GOOD[0].replace('part = "table"', 'prat = "table"')
    found = faults(seeds(paper=[record, *GOOD[1:]]))
    assert any("claims 1: part: got nothing, expected a value" in fault for fault in found)
    assert any("claims 1: prat: got an unknown field" in fault and "nearest 'part'" in fault for fault in found)


def test_a_float_for_a_whole_number_is_a_fault(seeds: Callable[..., Path]) -> None:
    [fault] = faults(seeds(paper=[GOOD[0].replace("{ part", "{ line = 1.5, part"), *GOOD[1:]]))
    assert "line: got 1.5, a float, expected a int32" in fault


def test_the_same_claim_twice_is_a_fault_that_names_the_other(seeds: Callable[..., Path]) -> None:
    [fault] = faults(seeds(paper=[*GOOD, GOOD[0]]))
    assert "paper.toml: claims 8" in fault
    assert "paper.toml: claims 1 too" in fault


def test_a_source_file_is_named_after_its_source(seeds: Callable[..., Path]) -> None:
    folder = seeds()
    (folder / "sources/paper.toml").rename(folder / "sources/papier.toml")
    assert any("source_id: got 'paper', expected the file's own name, 'papier'" in fault for fault in faults(folder))


def test_a_man_without_a_time_or_a_status_is_a_fault(seeds: Callable[..., Path]) -> None:
    [fault] = faults(seeds(paper=[*GOOD[:2], *GOOD[3:]]))
    assert "results race_id=mile-1 athlete_id=ann-arrow: status: got no claim" in fault
