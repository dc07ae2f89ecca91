"""What Great Expectations needs only to draw is loaded when somebody draws."""

from __future__ import annotations

import subprocess
import sys

_TOLD = "print(sorted({'altair', 'altair.vegalite', 'scipy.stats._stats_py'} & sys.modules.keys()))"


def _said(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def test_validating_loads_no_charts_and_no_distributions() -> None:
    script = f"import sys, bowerman_data as bd; print(bd.validate(engine='gx').ok); {_TOLD}"
    assert _said(script).split("\n")[:2] == ["True", "['altair']"]


def test_what_was_deferred_is_there_when_it_is_asked_for() -> None:
    script = (
        "import sys; from bowerman_data.expectations._deferred import import_great_expectations as load; load();"
        "from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as kl;"
        "print(kl.stats.entropy([0.5, 0.5], [0.5, 0.5]), kl.alt.Chart.__name__);" + _TOLD
    )
    assert _said(script).split("\n")[:2] == ["0.0 Chart", "['altair', 'altair.vegalite', 'scipy.stats._stats_py']"]
