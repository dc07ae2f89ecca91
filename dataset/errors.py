"""What can be wrong with a call: each is a ValueError whose message says what to write instead."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable

__all__ = [
    "AmbiguousRow",
    "ExportConflict",
    "InputError",
    "MissingExtra",
    "NoSuchRow",
    "UnknownColumn",
    "UnknownName",
    "nearest",
    "require",
]


class InputError(ValueError):
    """The call or the input could not be used; the message says what was got and what was expected."""


class UnknownName(InputError):
    """A table, backend, format or style that does not exist.

    >>> print(UnknownName("table", "result", ["results", "splits"]))
    unknown table 'result'; did you mean 'results'? Expected one of results, splits
    """

    def __init__(self, what: str, got: object, known: Iterable[str]) -> None:
        """Say what was got, the nearest known spelling, and everything that is known."""
        names = list(known)
        super().__init__(f"unknown {what} {got!r}{nearest(got, names)} Expected one of {', '.join(names)}")


class UnknownColumn(UnknownName):
    """A column that the table does not have, or a fact that nobody states."""


class NoSuchRow(InputError):
    """No row has the values asked for."""


class AmbiguousRow(InputError):
    """More than one row has the values asked for; the message lists their keys."""


class ExportConflict(InputError):
    """The place to export to is taken."""


class MissingExtra(ImportError):
    """A library that only an extra installs is not there; the message is the pip line."""

    def __init__(self, extra: str) -> None:
        """Show the pip line that installs the extra."""
        super().__init__(f'{extra} is not installed; run: pip install "bowerman-data[{extra}]"', name=extra)


def nearest(got: object, known: Iterable[str]) -> str:
    """A question with the nearest known spelling, or a full stop where none is near.

    >>> nearest("splitz", ["results", "splits"])
    "; did you mean 'splits'?"
    """
    folded = {name.lower(): name for name in known}
    close = difflib.get_close_matches(str(got).lower(), list(folded), n=1)
    return f"; did you mean {folded[close[0]]!r}?" if close else "."


def require(extra: str) -> None:
    """Raise MissingExtra, with the pip line, where the library of an extra is not installed."""
    if importlib.util.find_spec(extra) is None:
        raise MissingExtra(extra)
