"""Test and type-check this project where bowerman-data is installed as a wheel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CHECKS = (["pytest"], ["mypy"], ["pyright", "--pythonpath", sys.executable])


def main() -> int:
    """Run every check, the rest too where one fails; 0 where all pass."""
    codes = [subprocess.run([sys.executable, "-m", *check], cwd=HERE, check=False).returncode for check in CHECKS]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
