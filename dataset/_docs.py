"""The Data Docs of Great Expectations: a site of its own, put in place when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bowerman_data.errors import InputError
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["check_docs", "write_docs"]

# What tells a site that may be replaced from somebody's folder.
_MARK = ".bowerman-data-docs"


def check_docs(folder: Path, engine: str) -> None:
    """Raise InputError where no site can be written there, or the engine is not Great Expectations."""
    if engine == "pandera":
        raise InputError("data docs: got the engine pandera alone, expected gx or both: Great Expectations writes them")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: got a file, expected a folder for the Data Docs")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise InputError(f"{folder}: the folder holds other things, expected none, an empty one, or earlier Data Docs")


def write_docs(folder: Path, verdicts: Sequence[Verdict]) -> None:
    """Write the site of what Great Expectations found; an earlier one is replaced by it."""
    from bowerman_data.expectations.docs import write_site

    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=".writing-") as scratch:
            fresh = Path(scratch) / "site"
            write_site([verdict for verdict in verdicts if verdict.engine == "gx"], fresh)
            (fresh / _MARK).touch()
            _put(fresh, folder, Path(scratch) / "earlier")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error}") from error


def _put(fresh: Path, folder: Path, aside: Path) -> None:
    if folder.is_symlink():  # what it points to is replaced, not the link
        folder = folder.resolve()
    if folder.exists():
        folder.rename(aside)
    try:
        shutil.move(fresh, folder)
    except BaseException:
        if aside.exists():
            aside.rename(folder)
        raise
