"""How to cite the dataset."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal, get_args

from bowerman_data.errors import UnknownName

__all__ = ["Style", "cite"]

Style = Literal["text", "bibtex"]

# The same words as in CITATION.cff; a test compares them.
AUTHOR = "bowerman-data contributors"
TITLE = "bowerman-data: results, splits and quotes of the Bowerman Mile, each value traced to its source"
YEAR = "2026"
LICENCE = "CC BY 4.0 (data), MIT (code)"


def cite(style: Style = "text") -> str:
    """Say how to cite the version at hand, as a sentence or as a BibTeX entry.

    Raises UnknownName, a ValueError, for another style.

    >>> cite().startswith("bowerman-data contributors (2026).")
    True
    """
    if style not in get_args(Style):
        raise UnknownName("style", style, get_args(Style))
    number = version("bowerman-data")
    return _bibtex(number) if style == "bibtex" else f"{AUTHOR} ({YEAR}). {TITLE}. Version {number}. {LICENCE}."


def _bibtex(number: str) -> str:
    fields = {"author": f"{{{AUTHOR}}}", "title": f"{{{TITLE}}}", "year": YEAR, "version": number, "note": LICENCE}
    lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items()]
    return "\n".join(["@misc{bowerman_data,", *lines, "}"])
