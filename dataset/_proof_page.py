"""The proof as a page to read (Markdown), a matrix (text) and everything (JSON)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bowerman_data._proof_sums import Proof, failures
from bowerman_data.schemas.catalogue import INVARIANTS

__all__ = ["headline", "matrix", "page", "write"]


def write(proof: Proof, folder: Path) -> None:
    """Write proof.json, proof.md and matrix.txt into the folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(proof, indent=1, ensure_ascii=False, default=str)
    (folder / "proof.json").write_text(text + "\n", encoding="utf-8")
    (folder / "proof.md").write_text(page(proof), encoding="utf-8")
    (folder / "matrix.txt").write_text(matrix(proof), encoding="utf-8")


def headline(proof: Proof) -> str:
    """The figures in a few lines."""
    return "\n".join([*_operator_lines(proof), *_cell_lines(proof), *_whole_lines(proof), *_lawful_lines(proof)])


def _operator_lines(proof: Proof) -> Iterator[str]:
    if not (figures := proof.get("operators")):
        return
    yield f"{figures['mutants']:,} mutants by {len(figures['operators'])} operators"
    for engine in proof["engines"]:
        total: Counter[str] = Counter()
        for operator in figures["operators"]:
            total.update(operator["fates"][engine])
        yield f"  {engine}: " + ", ".join(f"{count:,} {fate}" for fate, count in total.items())
    declared = sum(one["reason"] is not None for one in figures["survivors"])
    yield f"  survivors: {len(figures['survivors'])}, of which {declared} declared"
    yield f"  disagreements between the engines: {len(figures['disagreements'])}"


def _cell_lines(proof: Proof) -> Iterator[str]:
    if not (figures := proof.get("cells")):
        return
    yield f"{figures['changes']:,} single-cell changes in {figures['cells']:,} cells"
    yield f"  noticed without the documents: {_share(figures['noticed'], figures['changes'])}"
    if "noticed_with_documents" in figures:
        yield f"  noticed with the documents: {_share(figures['noticed_with_documents'], figures['changes'])}"


def _whole_lines(proof: Proof) -> Iterator[str]:
    if figures := proof.get("whole"):
        engines = " and ".join(figures["engines"])
        yield f"{figures['changes']:,} of these, from every column and kind of change, in whole runs of {engines}"
        yield f"  noticed by all: {_share(figures['noticed'], figures['changes'])}"
        yield f"  disagreements: {len(figures['disagreements'])}"


def _lawful_lines(proof: Proof) -> Iterator[str]:
    if figures := proof.get("lawful"):
        yield f"{figures['races']:,} lawful races, of which refused in batches: {len(figures['refused'])}"


def _share(part: int, whole: int) -> str:
    # Cut off, not rounded: 99.99 % of what is not all must not read 100 %.
    return f"{part:,} of {whole:,} ({part * 10_000 // whole / 100:.2f} %)" if whole else "none tried"


def matrix(proof: Proof) -> str:
    """Operators down, invariants across by number, one block an engine; a dot where nothing was noticed."""
    figures = proof.get("operators") or {"matrix": {}}
    lines = [f"{i:>3} {slug}" for i, slug in enumerate(INVARIANTS, 1)]
    for engine, rows in figures["matrix"].items():
        lines += ["", engine, " " * 30 + "".join(f"{i:>4}" for i in range(1, len(INVARIANTS) + 1))]
        lines += [
            f"{name:30}" + "".join(f"{row.get(slug, '.'):>4}" for slug in INVARIANTS) for name, row in rows.items()
        ]
    return "\n".join(lines) + "\n"


def page(proof: Proof) -> str:
    """The proof as Markdown."""
    parts = [
        f"# Proof that the checks check\n\n{proof['made']}\n\n```\n{headline(proof)}\n```\n",
        _section("Why it does not stand", _list(failures(proof))),
        _section("Operators", _operators(proof)),
        _section("Invariants", _invariants(proof)),
        _section("Single cells by column", _cells(proof)),
        _section("Single cells by the invariant that noticed first", _noticed_by(proof)),
        _section(
            "Our own words: no check can judge whether they are right",
            _list(_own_words(proof)),
        ),
        _section("Survivors of operators", _list(_classes(proof))),
        _section("Survivors of single cells", _list(_cell_classes(proof))),
        _section("Disagreements", _list(_disagreements(proof))),
    ]
    return "\n".join(part for part in parts if part)


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}\n" if body else ""


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: list[str], rows: Iterable[list[Any]]) -> str:
    body = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *body]) if body else ""


def _operators(proof: Proof) -> str:
    engines = proof["engines"]
    head = [
        "operator",
        "what happens",
        "meant for",
        "mutants",
        *(f"{e}: meant / another / survived / crashed" for e in engines),
    ]
    figures = (proof.get("operators") or {"operators": []})["operators"]
    return _table(
        head,
        ([o["operator"], o["sentence"], ", ".join(o["meant"]), o["mutants"], *_fates(o, engines)] for o in figures),
    )


def _fates(operator: Proof, engines: list[str]) -> list[str]:
    return [" / ".join(str(count) for count in operator["fates"][engine].values()) for engine in engines]


def _invariants(proof: Proof) -> str:
    figures = (proof.get("operators") or {"invariants": {}})["invariants"]
    head = ["invariant", *(f"{e}: noticed / alone" for e in proof["engines"]), "operators that it alone noticed"]
    return _table(
        head,
        ([slug, *(f"{f['noticed']} / {f['alone']}" for f in by.values()), _alone(by)] for slug, by in figures.items()),
    )


def _alone(by: dict[str, Proof]) -> str:
    return ", ".join(sorted({operator for figures in by.values() for operator in figures["operators_alone"]})) or "none"


def _cells(proof: Proof) -> str:
    figures = (proof.get("cells") or {"by_column": {}})["by_column"]
    head = ["column", "changes", "noticed without the documents", "with them"]
    return _table(
        head,
        ([c, f["changes"], f["noticed"], f.get("noticed_with_documents", "not asked")] for c, f in figures.items()),
    )


def _classes(proof: Proof) -> Iterator[str]:
    survivors = (proof.get("operators") or {"survivors": []})["survivors"]
    counts = Counter((one["operator"], one["reason"] or "**undeclared**") for one in survivors)
    examples = {one["operator"]: one["where"] for one in survivors}
    return (f"{slug}, {n}: {reason}; such as {examples[slug]}" for (slug, reason), n in sorted(counts.items()))


def _cell_classes(proof: Proof) -> Iterator[str]:
    survivors = (proof.get("cells") or {"survivors": []})["survivors"]
    counts = Counter((f"{s['table']}.{s['column']}", s["change"], s["noticed_with_documents"]) for s in survivors)
    for (column, change, resolved), n in sorted(counts.items()):
        yield f"{column}, {change}, {n}{'; noticed with the documents' if resolved else ''}"


def _own_words(proof: Proof) -> Iterator[str]:
    """The columns of which no check can tell more than that they changed."""
    words = (proof.get("cells") or {"own_words": {}})["own_words"]
    return (f"`{column}`: {why}" for column, why in words.items())


def _noticed_by(proof: Proof) -> str:
    by = (proof.get("cells") or {"noticed_by": {}})["noticed_by"]
    return _table(["noticed first by", "changes"], ([slug, f"{count:,}"] for slug, count in by.items()))


def _disagreements(proof: Proof) -> Iterator[str]:
    for part in ("operators", "whole"):
        for one in (proof.get(part) or {}).get("disagreements", [])[:50]:
            yield f"{one.get('operator', '')} {one.get('where', one.get('change'))}: {one['differs'][0]}"
