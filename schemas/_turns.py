"""Work on two of many things at once, and what comes of it in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

__all__ = ["AT_ONCE", "in_turn"]

AT_ONCE = 2
"""So that one is computed while the next step of the other is thought out."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_turn(workers: Executor, work: Callable[[Given], Made], things: Iterator[Given]) -> Iterator[Made]:
    """What work makes of each thing."""
    waiting: deque[Future[Made]] = deque()
    for thing in things:
        waiting.append(workers.submit(work, thing))
        if len(waiting) > AT_ONCE:
            yield waiting.popleft().result()
    for future in waiting:
        yield future.result()
