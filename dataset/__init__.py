"""Results, splits and quotes of the Bowerman Mile, each value traced to the words it was read from.

`load(name)` gives a table, `winners()` who has won, `why(table, field, ...)` what was said about one of its values, and
`validate(results=...)` judges a race of your own by the same rules. Times are whole milliseconds,
distances metres. Importing this package reads no file and loads no library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bowerman_data._cite import cite
    from bowerman_data._dictionary import dictionary, tables
    from bowerman_data._export import export
    from bowerman_data._loading import connect, load
    from bowerman_data._why import why
    from bowerman_data._winners import winners
    from bowerman_data.validation import validate

    __version__: str

__all__ = [
    "__version__",
    "cite",
    "connect",
    "dictionary",
    "export",
    "load",
    "tables",
    "validate",
    "why",
    "winners",
]

# Found on first use (PEP 562), so that an import costs nothing.
_HOME = {
    "cite": "_cite",
    "connect": "_loading",
    "dictionary": "_dictionary",
    "export": "_export",
    "load": "_loading",
    "tables": "_dictionary",
    "validate": "validation",
    "why": "_why",
    "winners": "_winners",
}


def __getattr__(name: str) -> object:
    """Import a public function, or read the version, when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        found: object = version("bowerman-data")
    elif name in _HOME:
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names, whether or not they were used yet."""
    return __all__
