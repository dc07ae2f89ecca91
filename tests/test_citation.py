from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import bowerman_data as bd
from bowerman_data import _cite
from bowerman_data.errors import UnknownName

ROOT = Path(__file__).parents[1]


def cff(field: str) -> str:
    found = re.search(
        rf'^(?:  - )?{field}: "?([^"\n]+)"?$', (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found is not None, field
    return found.group(1)


def test_the_citation_file_says_what_cite_says() -> None:
    assert (cff("title"), cff("name"), cff("date-released")[:4]) == (_cite.TITLE, _cite.AUTHOR, _cite.YEAR)


def test_the_citation_file_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cff("version") == project["version"]


def test_a_citation_names_authors_title_version_and_licence() -> None:
    for text in (bd.cite(), bd.cite(style="bibtex")):
        for part in (_cite.AUTHOR, _cite.TITLE, version("bowerman-data"), "CC BY 4.0"):
            assert part in text


def test_bibtex_braces_balance() -> None:
    entry = bd.cite(style="bibtex")
    assert entry.startswith("@misc{bowerman_data,\n")
    assert entry.count("{") == entry.count("}")


def test_an_unknown_style_is_answered_with_the_list() -> None:
    with pytest.raises(UnknownName, match=r"unknown style 'apa'\. Expected one of text, bibtex"):
        bd.cite("apa")  # type: ignore[arg-type]


def test_both_licences_have_their_text() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    data = (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0\nInternational License" in data
    assert "https://creativecommons.org/licenses/by/4.0/" in data
