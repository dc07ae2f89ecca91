"""Pandera schemas whose checks read counts that all invariants of a table share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import polars as pl
from pandera.api.base.checks import CheckResult
from pandera.api.polars.types import PolarsFrame
from pandera.backends.base import ColumnInfo, CoreCheckResult
from pandera.backends.polars.checks import PolarsCheckBackend
from pandera.backends.polars.container import DataFrameSchemaBackend
from pandera.config import ValidationDepth, config_context, get_config_context, get_config_global
from pandera.constants import CHECK_OUTPUT_KEY
from pandera.errors import SchemaErrorReason
from pandera.polars import Check, Column, DataFrameSchema

from bowerman_data.schemas import _rules
from bowerman_data.schemas._columns import POLARS, misfits
from bowerman_data.schemas._frames import ROW
from bowerman_data.schemas._judge import Judge, Tally, needs
from bowerman_data.schemas._text import filled
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant
from bowerman_data.schemas.columns import Column as Declared
from bowerman_data.schemas.tables import TABLES

__all__ = ["InvariantCheck", "Sitting", "TableSchema", "sitting", "table_schema"]

_rules.load()


CAP, ALL = 1000, 2**31 - 1
"""Rows that a failure shows; all of them where they are to be dropped."""


@dataclass(slots=True)
class Sitting:
    """One validation: the judge, how many violations a failure shows where there is none yet, and whether it shows any."""

    judge: Judge | None = None
    cap: int = CAP
    shows_rows: bool = True

    def judge_of(self, table: str, frame: pl.LazyFrame) -> Judge:
        """The judge of these tables; of this one alone where it is validated by itself."""
        if self.judge is None:
            self.judge = Judge({table: frame}, wanted=_stands_alone(table), cap=self.cap)
        return self.judge


ROW_DTYPE = pl.UInt32
_SITTING: ContextVar[Sitting | None] = ContextVar("bowerman_data_sitting", default=None)


@contextmanager
def sitting(now: Sitting) -> Iterator[Sitting]:
    """Validate with a given judge."""
    token = _SITTING.set(now)
    try:
        yield now
    finally:
        _SITTING.reset(token)


class CheckError(RuntimeError):
    """An invariant could not run."""


class InvariantCheck(Check):
    """An invariant on one table, named by its slug."""

    def __init__(self, invariant: Invariant, table: str) -> None:
        """Name the check, and give the sentence that a failure shows."""
        super().__init__(
            _unused,
            name=invariant.slug,
            error=f"{invariant.slug}: {invariant.sentence}",
            description=invariant.sentence,
            raise_warning=invariant.severity == "warning",
        )
        self.slug, self.table = invariant.slug, table

    def judged(self, frame: pl.LazyFrame) -> tuple[Sitting, Judge, Tally]:
        """What the judge of the sitting has counted, where it could count."""
        now = _SITTING.get() or Sitting()
        judge = now.judge_of(self.table, frame)
        tally = judge.tally(self.slug, self.table)
        if tally.error is not None:
            raise CheckError(tally.error)
        return now, judge, tally

    @classmethod
    def get_backend(cls, check_obj: object) -> type[PolarsCheckBackend]:
        """The backend that reads the shared counts."""
        return InvariantBackend


def _unused(data: object) -> bool:
    raise CheckError("an invariant is judged by its backend")


class InvariantBackend(PolarsCheckBackend):
    """Turns a tally into a Pandera result: True, or the rows that fail."""

    def __call__(self, check_obj: pl.LazyFrame, key: str | None = None) -> CheckResult:
        """Judge the frame, or read what its sitting has already counted."""
        check = self.check
        assert isinstance(check, InvariantCheck)
        now, judge, tally = check.judged(check_obj)
        if tally.failed and tally.listing is not None and now.shows_rows:
            return _failure(judge, check.slug, check.table)
        return _outcome(check_obj, not tally.failed)


def _outcome(frame: pl.LazyFrame, passed: bool) -> CheckResult:
    output = pl.LazyFrame({CHECK_OUTPUT_KEY: [passed]})
    return CheckResult(check_output=output, check_passed=output, checked_object=frame, failure_cases=None)


def _failure(judge: Judge, slug: str, table: str) -> CheckResult:
    found = judge.violations(slug, table)
    failing = found[ROW].unique()
    rows = pl.LazyFrame({ROW: pl.int_range(judge.rows(table), dtype=ROW_DTYPE, eager=True)})
    return CheckResult(
        check_output=rows.select(~pl.col(ROW).is_in(failing.cast(ROW_DTYPE).implode()).alias(CHECK_OUTPUT_KEY)),
        check_passed=pl.LazyFrame({CHECK_OUTPUT_KEY: [False]}),
        checked_object=judge.frames[table],
        failure_cases=found.lazy().group_by(ROW).agg(_told()).sort(ROW).select("failure_case"),
    )


def _told() -> pl.Expr:
    value = filled("{} is {}", "column", pl.col("value").fill_null("null"))
    wanted = filled(", expected {}", "expected").fill_null("")
    told = pl.concat_str(value, wanted).str.join("; ")
    return pl.concat_str(pl.col("key").first(), pl.lit(": "), told).alias("failure_case")


class TableBackend(DataFrameSchemaBackend):
    """Leaves nulls and domains of declared columns to the shared scan; types and presence stay Pandera's."""

    def run_check(
        self, check_obj: pl.LazyFrame, schema: DataFrameSchema, check: Check, check_index: int, *args: object
    ) -> CoreCheckResult:
        """An invariant that holds has nothing to show; of others Pandera makes an error."""
        if isinstance(check, InvariantCheck) and not check.judged(check_obj)[2].failed:
            reason = SchemaErrorReason.DATAFRAME_CHECK
            return CoreCheckResult(passed=True, check=check, check_index=check_index, reason_code=reason)
        return super().run_check(check_obj, schema, check, check_index, *args)

    def collect_schema_components(
        self, check_obj: pl.LazyFrame, schema: DataFrameSchema, column_info: ColumnInfo
    ) -> list[Column]:
        """The columns themselves where none has to be changed; Pandera copies each, every time."""
        columns = list(schema.columns.values())
        are_plain = all(column.required and not column.regex and not column.coerce for column in columns)
        if are_plain and columns and schema.dtype is None and not column_info.absent_column_names:
            return columns
        listed: list[Column] = super().collect_schema_components(check_obj, schema, column_info)
        return listed

    def run_schema_component_checks(
        self, check_obj: pl.LazyFrame, schema: DataFrameSchema, schema_components: list[Column], lazy: bool
    ) -> list[CoreCheckResult]:
        """Validate declared columns for their type, and columns that a user added in full."""
        declared = [component for component in schema_components if _is_declared(component)]
        added = [component for component in schema_components if not _is_declared(component)]
        with config_context(validation_depth=ValidationDepth.SCHEMA_ONLY):
            results = super().run_schema_component_checks(check_obj, schema, declared, lazy)
        return results + super().run_schema_component_checks(check_obj, schema, added, lazy)


def _is_declared(component: Column) -> bool:
    built = _declared_columns().get((component.name or "", component.nullable))
    return (
        built is not None
        and built.checks == component.checks
        and built.dtype == component.dtype
        and not component.unique
    )


class TableSchema(DataFrameSchema):
    """The schema of one table, which looks at the rows of a LazyFrame too."""

    @classmethod
    def get_backend(cls, check_obj: object = None, check_type: type | None = None) -> TableBackend:
        """The backend that shares one scan."""
        cls.register_default_backends(check_type or type(check_obj))
        return TableBackend()

    def validate(
        self,
        check_obj: PolarsFrame,
        head: int | None = None,
        tail: int | None = None,
        sample: int | None = None,
        random_state: int | None = None,
        lazy: bool = False,
        inplace: bool = False,
    ) -> PolarsFrame:
        """Validate a frame, its rows included, unless Pandera was told of another validation depth."""
        arguments = (head, tail, sample, random_state, lazy, inplace)
        if misfits(str(self.name), check_obj.collect_schema()):
            # Its rows cannot be judged; this raises, unless the user took those columns out of the schema.
            with config_context(validation_depth=ValidationDepth.SCHEMA_ONLY):
                super().validate(check_obj, *arguments)
        with config_context(validation_depth=_depth()), sitting(self._sitting()):
            return super().validate(check_obj, *arguments)

    def _sitting(self) -> Sitting:
        return _SITTING.get() or Sitting(cap=ALL if self.drop_invalid_rows else CAP)


def _depth() -> ValidationDepth:
    chosen = get_config_context(validation_depth_default=None).validation_depth or get_config_global().validation_depth
    return chosen or ValidationDepth.SCHEMA_AND_DATA


def _stands_alone(table: str) -> Callable[[Invariant], bool]:
    return lambda invariant: not needs(invariant, table)


@cache
def table_schema(table: str, slugs: tuple[str, ...]) -> TableSchema:
    """The declared columns of a table with these invariants as checks."""
    return TableSchema(
        {column.name: _column(column, column.name in TABLES[table].nulls) for column in TABLES[table].declared()},
        checks=[InvariantCheck(INVARIANTS[slug], table) for slug in slugs],
        strict=True,
        ordered=True,
        name=table,
        title=table,
        description=TABLES[table].description,
    )


@cache
def _declared_columns() -> dict[tuple[str, bool], Column]:
    listed = ((column, column.name in table.nulls) for table in TABLES.values() for column in table.declared())
    return {(column.name, nullable): _column(column, nullable) for column, nullable in listed}


def _column(column: Declared, nullable: bool) -> Column:
    return Column(
        POLARS[column.dtype],
        checks=list(_domain_checks(column)),
        nullable=nullable,
        name=column.name,
        description=column.description,
        metadata={"unit": column.unit} if column.unit else None,
    )


def _domain_checks(column: Declared) -> Iterable[Check]:
    if column.values:
        yield Check.isin(column.values)
    if column.pattern is not None:
        flag = "(?s)" if column.pattern.startswith("(?s)") else ""
        yield Check.str_matches(rf"{flag}^(?:{column.pattern.removeprefix(flag)})$")
    if column.minimum is not None:
        yield Check.in_range(column.minimum, column.maximum)
