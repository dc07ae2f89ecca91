"""One contender on one archive, in a process of its own: `python -m tests.bench.once CONTENDER FOLDER`.

The last line of its output is the seconds that importing and judging took, and what was found, as JSON.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
from pathlib import Path

__all__: list[str] = []


def main(contender: str, folder: Path) -> None:
    """Import, judge, report."""
    # Where memory runs out, this process is the one to go.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    begun = time.perf_counter()
    judge = importlib.import_module(f"tests.bench.contenders.{contender}").judge
    imported = time.perf_counter()
    found: dict[str, int] = judge(folder)
    judged = time.perf_counter()
    seconds = {"import_s": imported - begun, "work_s": judged - imported}
    print(json.dumps(seconds | {"rules": len(found), "violations": sum(found.values())}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
