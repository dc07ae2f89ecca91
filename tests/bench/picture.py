"""The figures as one picture: work time and peak memory by contender, on log scales, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10
from typing import Any

from tests.bench.contenders import CONTENDERS, OURS
from tests.bench.figures import SIZES, Figure, figures_of, largest

__all__ = ["picture"]

WIDTH, TOP, ROW = 900, 84, 30
PANELS = ((300, 270), (640, 210))
"""Where each panel begins and how wide it is."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .small { font-size: 11px }
.small, .tick { fill: #59636e } .paper { fill: #fff } .line { stroke: #d1d9e0 }
.ours { fill: #0969da; stroke: #0969da } .other { fill: #8c959f; stroke: #8c959f } .stem { stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small, .tick { fill: #9198a1 } .paper { fill: #0d1117 } .line { stroke: #3d444d }
  .ours { fill: #4493f8; stroke: #4493f8 } .other { fill: #7d8590; stroke: #7d8590 }
}"""


def picture(bench: dict[str, Any]) -> str:
    """An SVG of the largest archive that all were given."""
    figures = figures_of(bench)
    size = largest(figures)
    rows = [(name, figures[size, name]) for name in CONTENDERS if (size, name) in figures]
    height = TOP + ROW * len(rows) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<title>Work time and peak memory on {SIZES[size]} results</title><style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>',
        _text(20, 30, f"{SIZES[size]} results and their splits: what it costs to judge them", "title"),
        *_names(rows),
        *_panel(0, "work after the imports, seconds", [(name, one.work_s, _work(one)) for name, one in rows], height),
        *_panel(1, "peak memory, GB", [(name, one.peak_gb, _peak(one)) for name, one in rows], height),
        _text(20, height - 12, f"Log scales; shorter is better. Measured on {bench['date']}.", "small"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _work(one: Figure) -> str:
    words = {"ok": f"{one.work_s or 0:.3g} s", "time": "did not finish", "memory": "out of memory"}
    return words.get(one.outcome, "not measured")


def _peak(one: Figure) -> str:
    return "not measured" if one.peak_gb is None else f"{one.peak_gb:.2g}"


def _names(rows: list[tuple[str, Figure]]) -> Iterator[str]:
    for i, (name, _) in enumerate(rows):
        yield _text(20, TOP + ROW * i + 20, CONTENDERS[name])


def _panel(which: int, title: str, rows: list[tuple[str, float | None, str]], height: int) -> Iterator[str]:
    left, width = PANELS[which]
    known = [value for _, value, _ in rows if value]
    if not known:
        return
    low, high = floor(log10(min(known))), ceil(log10(max(known)))
    scale = width / max(high - low, 1)
    yield _text(left, 54, title, "title")
    for power in range(low, high + 1):
        x = left + (power - low) * scale
        yield f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 34}"/>'
        yield _text(x, TOP - 12, f"{10.0**power:g}", "small", "middle")
    for i, (name, value, label) in enumerate(rows):
        yield from _bar(left, TOP + ROW * i + 15, (log10(value) - low) * scale if value else 0, name, label)


def _bar(left: float, y: float, length: float, name: str, label: str) -> Iterator[str]:
    kind = "ours" if name in OURS else "other"
    if length:
        yield f'<line class="{kind} stem" x1="{left}" x2="{left + length:.1f}" y1="{y}" y2="{y}"/>'
        yield f'<circle class="{kind}" cx="{left + length:.1f}" cy="{y}" r="5"/>'
    yield _text(left + length + 11, y + 4, label, "small")


def _text(x: float, y: float, words: str, kind: str = "name", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
