"""A file that is whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_aside"]


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A place on the same disk to write a file, which is put where it belongs when all went well.

    What a link points to is replaced, not the link; a pipe or a device is written to, never replaced.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    path = path.resolve()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        aside = Path(folder) / path.name
        yield aside
        os.replace(aside, path)
