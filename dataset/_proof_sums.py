"""What a proof found, summed up: the kill matrix, and the figures of the single cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bowerman_data._kills import Fate, Judged
from bowerman_data._mutants import Operator
from bowerman_data._proof import Refusal
from bowerman_data._proof_cells import CellFate
from bowerman_data._single_cells import OWN_WORDS
from bowerman_data.schemas.catalogue import INVARIANTS

__all__ = ["Proof", "cell_figures", "failures", "lawful_figures", "operator_figures", "whole_figures"]

Proof = dict[str, Any]
_FATES: tuple[Fate, ...] = ("killed", "killed by another", "survived", "crashed")


def _kind(base: str) -> str:
    return base if base in ("shipped", "documents") else "generated"


def operator_figures(judged: list[Judged], operators: Mapping[str, Operator], engines: Iterable[str]) -> Proof:
    """The kill matrix by operator, by invariant and by both, with survivors, crashes and disagreements."""
    names = list(engines)
    return {
        "mutants": len(judged),
        "operators": [
            _operator(one, [j for j in judged if j.operator == one.slug], names) for one in operators.values()
        ],
        "invariants": {slug: {e: _invariant(slug, judged, e) for e in names} for slug in INVARIANTS},
        "matrix": {e: _matrix(judged, e) for e in names},
        "survivors": [_survivor(j, operators[j.operator]) for j in judged if "survived" in j.fates.values()],
        "crashes": [{"operator": j.operator, "where": j.where} | j.crashes for j in judged if j.crashes],
        "disagreements": [_disagreement(j) for j in judged if j.differs],
    }


def _operator(operator: Operator, judged: list[Judged], engines: list[str]) -> Proof:
    fates = {e: Counter(one.fates[e] for one in judged) for e in engines}
    return {
        "operator": operator.slug,
        "sentence": operator.sentence,
        "meant": list(operator.meant),
        "mutants": len(judged),
        "fates": {e: {fate: fates[e][fate] for fate in _FATES} for e in engines},
    }


def _invariant(slug: str, judged: list[Judged], engine: str) -> Proof:
    """What an invariant noticed, and what it alone did."""
    noticed = [one.operator for one in judged if slug in one.by[engine]]
    alone = Counter(one.operator for one in judged if one.by[engine] == (slug,))
    return {"noticed": len(noticed), "alone": sum(alone.values()), "operators_alone": dict(sorted(alone.items()))}


def _matrix(judged: list[Judged], engine: str) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in judged:
        counts[one.operator].update(one.by[engine])
    return {operator: dict(sorted(row.items())) for operator, row in counts.items()}


def _survivor(judged: Judged, operator: Operator) -> Proof:
    kind = _kind(judged.base)
    return {
        "operator": judged.operator,
        "base": judged.base,
        "where": judged.where,
        "survived": [engine for engine, fate in judged.fates.items() if fate == "survived"],
        "reason": operator.unseen.get(kind),
    }


def _disagreement(judged: Judged) -> Proof:
    return {"operator": judged.operator, "base": judged.base, "where": judged.where, "differs": list(judged.differs)}


def cell_figures(fates: list[CellFate]) -> Proof:
    """How many single-cell changes were noticed, without the documents and with them."""
    asked = any(one.resolved is not None for one in fates) or all(one.by for one in fates)
    return {
        "cells": len({(one.change.table, one.change.row, one.change.column) for one in fates}),
        **_counts(fates, asked),
        "own_words": {f"{table}.{column}": why for (table, column), why in OWN_WORDS.items()},
        "by_column": _by(fates, asked, lambda one: f"{one.table}.{one.column}"),
        "by_change": _by(fates, asked, lambda one: one.change),
        "noticed_by": dict(Counter(one.by for one in fates if one.by).most_common()),
        "crashes": [f"{one.change}: {one.crash}" for one in fates if one.crash],
        "survivors": _survivors_of(fates),
    }


def _counts(fates: list[CellFate], asked: bool) -> Proof:
    noticed = sum(one.by is not None for one in fates)
    found: Proof = {"changes": len(fates), "noticed": noticed}
    return found | {"noticed_with_documents": sum(_with_documents(one) for one in fates)} if asked else found


def _with_documents(one: CellFate) -> bool:
    return one.by is not None or one.resolved is False


def _by(fates: list[CellFate], asked: bool, name: Any) -> dict[str, Proof]:  # noqa: ANN401
    groups: dict[str, list[CellFate]] = defaultdict(list)
    for one in fates:
        groups[name(one.change)].append(one)
    return {group: _counts(members, asked) for group, members in groups.items()}


def _survivors_of(fates: list[CellFate]) -> list[Proof]:
    survivors = [one for one in fates if one.by is None and one.crash is None]
    return [asdict(one.change) | {"noticed_with_documents": _with_documents(one)} for one in survivors]


def whole_figures(fates: list[CellFate], engines: Iterable[str]) -> Proof:
    """What whole runs of every engine say of a sample of the single cells."""
    return {
        "engines": list(engines),
        "changes": len(fates),
        "noticed": sum(one.by is not None for one in fates),
        "survivors": _survivors_of(fates),
        "crashes": [f"{one.change}: {one.crash}" for one in fates if one.crash],
        "disagreements": [{"change": str(one.change), "differs": list(one.differs)} for one in fates if one.differs],
    }


def lawful_figures(races: int, refusals: Iterable[Refusal]) -> Proof:
    """How many lawful races were judged, and which batches of them an engine refused."""
    refused = [{"engine": one.engine, "races": list(one.races), "said": one.said} for one in refusals]
    return {"races": races, "refused": refused}


def failures(proof: Proof) -> list[str]:
    """Why the proof does not stand: what survived undeclared, fell over, or was seen by one engine only."""
    found: Counter[str] = Counter()
    operators = proof.get("operators") or {}
    for one in operators.get("survivors", []):
        found[f"{one['operator']} survived in {_kind(one['base'])} tables, undeclared"] += one["reason"] is None
    for slug, by in operators.get("invariants", {}).items():
        for engine, figures in by.items():
            found[f"{slug}: {engine} noticed nothing that it alone is for"] += figures["alone"] == 0
    for part in ("cells", "whole"):
        for one in (proof.get(part) or {}).get("survivors", []):
            found[f"{part}: {one['change']} survived in {one['table']}.{one['column']}"] += 1
    for one in (proof.get("lawful") or {}).get("refused", []):
        found[f"{one['engine']} refused lawful races: {one['said']}"] += 1
    for part in ("operators", "cells", "whole"):
        for what in ("crashes", "disagreements"):
            found[f"{part}: {what}"] += len((proof.get(part) or {}).get(what, []))
    return [f"{line} ({count})" for line, count in sorted(found.items()) if count]
