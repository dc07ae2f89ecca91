"""What has to be judged of an archive: of each batch the races that are not beyond doubt, and what matters for records."""

from __future__ import annotations

from collections.abc import Mapping

from bowerman_data.schemas._batches import Batch
from bowerman_data.schemas._contenders import Contenders, Met
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._screen import clears, in_doubt
from bowerman_data.schemas._tally import ENGINE_ERRORS

__all__ = ["Sieve", "Slugs"]

Slugs = Mapping[str, set[str]]
"""Invariants by table."""


MANY, LET_THROUGH = 0.4, 8
"""A share of rows in doubt above which it does not pay to sift, and how many batches are let through before one is tried."""


class Sieve:
    """Sifts batches, where all that is asked within and across races is known to it; else it lets all through."""

    def __init__(self, whole: Frames, within: Slugs, across: Slugs) -> None:
        """Prepare for the invariants that are asked for."""
        self._whole, self._met = whole, list[Met]()
        self._clears, self._let_through = clears(within), 0
        is_of_records = set().union(*across.values()) == {"record-beats-record"}
        self._contenders = Contenders(whole) if self._clears and is_of_records else None

    def sift(self, batch: Batch) -> Batch:
        """The rows of races that have to be judged."""
        if not self._clears:
            return batch
        frames = self._whole.few(batch)
        try:
            left = self._doubtful(frames, batch)
            met = self._contenders.among(frames) if self._contenders else None
        except ENGINE_ERRORS:
            # What cannot be sifted is judged; the rules themselves say then what is the matter.
            left, met = batch, Met.unsifted(batch["results"])
        if self._contenders and met:
            self._met.append(met)
        return left

    def _doubtful(self, frames: Frames, batch: Batch) -> Batch:
        if self._let_through:
            self._let_through -= 1
            return batch
        left = in_doubt(frames)
        if sum(rows.height for rows in left.values()) > MANY * sum(rows.height for rows in batch.values()):
            self._let_through = LET_THROUGH
        return left

    def kept(self) -> Frames:
        """The frames on which to judge what holds across races."""
        if self._contenders is None:
            return self._whole
        return self._whole.few({"results": self._contenders.left(self._met)})
