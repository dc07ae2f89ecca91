"""What validation writes beside its report: the quarantine, the list of all violations, the Data Docs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bowerman_data._docs import check_docs, write_docs
from bowerman_data._quarantine import write_quarantine
from bowerman_data._violations import Everything, write_violations
from bowerman_data.errors import InputError
from bowerman_data.reading import Reading
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["Outputs"]


@dataclass(frozen=True)
class Outputs:
    """Where each goes, None where it is not asked for."""

    quarantine: Path | None
    violations: Path | None
    data_docs: Path | None

    def check(self, engine: str) -> None:
        """Raise InputError where one of them cannot be written: that is known before the work, not after it."""
        if self.quarantine is not None and self.quarantine.is_file():
            raise InputError(f"{self.quarantine}: got a file, expected a folder for the quarantine")
        if self.violations is not None:
            _check_file(self.violations)
        if self.data_docs is not None:
            check_docs(self.data_docs, engine)

    @contextmanager
    def scratch(self) -> Iterator[Path | None]:
        """A folder for every violation, gone afterwards; None where nobody wants more than the first."""
        if self.quarantine is None and self.violations is None:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="bowerman-data-") as folder:
            yield Path(folder)

    def write(self, readings: list[Reading], verdicts: list[Verdict], every: Path | None) -> None:
        """Write what is asked for, each whole or not at all."""
        if every is not None:
            everything = Everything(every, {reading.name: reading.excused for reading in readings})
            if self.quarantine is not None:
                write_quarantine(self.quarantine, readings, verdicts, everything)
            if self.violations is not None:
                write_violations(self.violations, verdicts, everything)
        if self.data_docs is not None:
            write_docs(self.data_docs, verdicts)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path}: got a folder, expected a file for the violations")
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}")
