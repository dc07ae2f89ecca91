"""What a process costs: seconds and peak memory, under a limit of time.

Only the standard library is imported here. A process that is forked from a large one counts as large.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

__all__ = ["Cost", "measure"]

SAMPLED_EVERY_S = 0.25
NO_MEMORY = ("memory allocation", "MemoryError", "OutOfMemoryError", "Cannot allocate memory", "Out of Memory")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one cold process cost, and how it ended: ok, time, memory or failed, with the reason in `note`.

    `import_s` and `work_s` are what the process says of itself, where it does.
    """

    outcome: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    import_s: float | None = None
    work_s: float | None = None
    rules: int | None = None
    violations: int | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The cost without what is not known, to the millisecond and the tenth of a megabyte."""
        rounded = {name: round(v, 3) if isinstance(v, float) else v for name, v in asdict(self).items()}
        return {name: value for name, value in rounded.items() if value not in (None, "")}


class _Watch(threading.Thread):
    """Ends a process and its children after a time, and sums their peaks as long as they run."""

    def __init__(self, pid: int, limit_s: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.deadline = pid, time.monotonic() + limit_s
        self.peaks: dict[int, int] = {}
        self.over, self.late = threading.Event(), False

    def run(self) -> None:
        while not self.over.wait(SAMPLED_EVERY_S):
            self.peaks.update(_peaks(self.pid))
            if time.monotonic() > self.deadline:
                self.late = True
                os.killpg(self.pid, signal.SIGKILL)
                return

    def stop(self) -> None:
        self.over.set()
        self.join()


def _peaks(pid: int) -> Iterator[tuple[int, int]]:
    """The peak in kB of a process and of its children, by process; nothing where /proc is not there."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            yield pid, int(line.split()[1])
    for child in children:
        yield from _peaks(int(child))


def measure(command: Sequence[str], limit_s: float, ok: Sequence[int] = (0,)) -> Cost:
    """Run a command in a process of its own and see what it costs; `ok` are the exit codes of success."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            watch = _Watch(process.pid, limit_s)
            watch.start()
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            # Whoever stops the run stops what it runs.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        wall_s = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        said, complaint = _text(out), _text(err)
    # Children of its own, such as the JVM of Spark, are not in the process's own figure.
    peak_kb = max(usage.ru_maxrss, sum(watch.peaks.values()))
    outcome, note = _outcome(process.returncode, watch.late, complaint, ok)
    told = _told(said) if outcome == "ok" else {}
    return Cost(outcome, wall_s, usage.ru_utime + usage.ru_stime, peak_kb / 1024, **told, note=note)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace")


def _outcome(code: int, late: bool, complaint: str, ok: Sequence[int]) -> tuple[str, str]:
    if code in ok:
        return "ok", ""
    if late:
        return "time", ""
    last = complaint.strip().splitlines()[-1:] or [f"exit code {code}"]
    if code == -signal.SIGKILL or any(words in complaint for words in NO_MEMORY):
        return "memory", ""
    return "failed", last[0][:200]


def _told(said: str) -> dict[str, Any]:
    """The figures in the last line of the output, where it is an object."""
    last = said.strip().splitlines()[-1:]
    return dict(json.loads(last[0])) if last and last[0].startswith("{") else {}
