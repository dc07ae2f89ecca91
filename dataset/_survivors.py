"""The single-cell changes that no check can know of, each class with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from bowerman_data._single_cells import OWN_WORDS, CellChange

__all__ = ["DECLARED", "Declared", "declared"]


@dataclass(frozen=True, slots=True)
class Declared:
    """A column in which changes may survive, of some kinds or all; `resolved` where the documents notice them."""

    table: str
    column: str
    reason: str
    changes: tuple[str, ...] = ()
    resolved: bool = False

    def covers(self, one: CellChange) -> bool:
        """Whether the change is of this class."""
        return (self.table, self.column) == (one.table, one.column) and one.change in (self.changes or (one.change,))


_SAME_LENGTH = ("digit", "letter", "transposed", "case", "accent", "swapped")

DECLARED = (
    *(Declared(table, column, reason) for (table, column), reason in OWN_WORDS.items()),
    Declared(
        "quotes",
        "text",
        "the letters inside quoted text are what only the documents can judge",
        _SAME_LENGTH,
        resolved=True,
    ),
)


def declared(one: CellChange, *, documents: bool) -> Declared | None:
    """The class that a survivor belongs to; with the documents at hand fewer may survive."""
    return next((each for each in DECLARED if each.covers(one) and not (documents and each.resolved)), None)
