"""One expectation for all rules: that the rows of a table keep an invariant of the catalogue."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from great_expectations.compatibility import pydantic
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration, parse_result_format
from great_expectations.render import (
    CollapseContent,
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
    RenderedTableContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.render.renderer_configuration import RendererConfiguration, RendererValueType
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from bowerman_data.expectations._judge import CAP
from bowerman_data.expectations.metric import METRIC, InvariantsJudged
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["ExpectInvariantToHold", "result_of"]

_SHOWN = 20  # rows in a result of less than COMPLETE format, and in Data Docs
_COLUMNS = ("key", "column", "value", "expected")


def _rows(verdict: Verdict) -> list[dict[str, str | None]]:
    return [{name: getattr(violation, name) for name in _COLUMNS} for violation in verdict.violations]


def _observed(verdict: Verdict) -> str:
    """The outcome in words."""
    if verdict.reason:
        return f"{verdict.outcome}: {verdict.reason}"
    return f"{verdict.failed} in {verdict.rows} rows"


def result_of(verdict: Verdict, *, complete: bool) -> dict[str, Any]:
    """What Great Expectations is told of a verdict: whether it holds, and the result."""
    rows = _rows(verdict)
    # A row may break a rule in several cells; Great Expectations refuses more failures than elements.
    elements = max(verdict.rows, verdict.failed)
    details = ("outcome", "reason", "seconds", "rows")
    result = {
        "observed_value": _observed(verdict),
        "element_count": elements,
        "unexpected_count": verdict.failed,
        "unexpected_percent": 100 * verdict.failed / elements if elements else 0.0,
        "partial_unexpected_list": rows[:_SHOWN],
        "details": {name: getattr(verdict, name) for name in details},
    }
    if complete:
        result["unexpected_list"] = rows
    return {"success": verdict.outcome in ("pass", "skipped"), "result": result}


class ExpectInvariantToHold(BatchExpectation):
    """Expect the rows of a table to keep an invariant.

    An invariant that is skipped, since a table that it reads is not there, does not fail; the
    observed value says why. One that could not run fails.
    """

    invariant: str = pydantic.Field(description="The slug of an invariant of the catalogue.")
    table: str = pydantic.Field(description="The table of the contract whose rows are judged.")
    asked: list[str] = pydantic.Field(
        default=[], description="The invariants that the suite asks of the table together."
    )
    tables: dict[str, str] = pydantic.Field(default={}, description="Your names of the tables, by the contract's.")
    by_name: bool = pydantic.Field(
        default=False, description="Whether the judged table is found by name, not the batch."
    )
    shipped: bool = pydantic.Field(default=False, description="Whether promises of the shipped tables alone are held.")
    cap: int = pydantic.Field(default=CAP, description="How many violations are listed at most.")

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("invariant", "table", "asked", "tables", "by_name", "shipped", "cap")
    args_keys: ClassVar[tuple[str, ...]] = ("invariant", "table")
    library_metadata: ClassVar[dict[str, Any]] = {
        "maturity": "production",
        "tags": ["athletics"],
        "contributors": ["bowerman-data"],
        "requirements": ["duckdb"],
        "has_full_test_suite": True,
        "manually_reviewed_code": True,
    }

    @pydantic.root_validator(skip_on_failure=True)
    def _asked_is_known(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        slug = kwargs["invariant"]
        if slug not in INVARIANTS:
            raise ValueError(f"invariant: got {slug!r}, expected one of {', '.join(INVARIANTS)}")
        if slug not in kwargs["asked"]:
            kwargs["asked"] = [*kwargs["asked"], slug]
        return kwargs

    # Great Expectations builds expectation and configuration anew for each key that it looks up, thousands of times a suite.
    def _get_success_kwarg(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 -- as it is there
        return getattr(self, key, default)

    def _get_success_kwargs(self) -> dict[str, Any]:
        return {key: getattr(self, key, None) for key in (*self.domain_keys, *self.success_keys)}

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine[Any] | None = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        """The format asked for, and the one metric, which is the same for all that is asked of the table."""
        runtime = self._get_runtime_kwargs(runtime_configuration=runtime_configuration)
        asked = {key: runtime[key] for key in InvariantsJudged.value_keys}
        metric = MetricConfiguration(METRIC, {"batch_id": runtime["batch_id"]}, asked)
        return ValidationDependencies({METRIC: metric}, parse_result_format(runtime["result_format"]))

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        complete = "COMPLETE" in str((runtime_configuration or {}).get("result_format"))
        return result_of(metrics[METRIC][self.invariant], complete=complete)

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration[Any]) -> RendererConfiguration[Any]:
        for name in ("invariant", "table"):
            renderer_configuration.add_param(name=name, param_type=RendererValueType.STRING)
        slug = renderer_configuration.kwargs.get("invariant", "")
        renderer_configuration.template_str = f"$table: {_sentence(slug)} ($invariant)"
        return renderer_configuration

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedStringTemplateContent]:
        config = configuration or (result.expectation_config if result else None)
        kwargs = config.kwargs if config else {}
        params = {"table": kwargs.get("table", ""), "invariant": kwargs.get("invariant", "")}
        template = f"$table: {_sentence(params['invariant'])} $invariant"
        styling = {"params": {"invariant": {"classes": ["badge", "badge-secondary"]}}}
        content = {"template": template, "params": params, "styling": styling}
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=content)]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedTableContent | CollapseContent] | None:
        rows = result.result.get("partial_unexpected_list") if result and result.result else None
        if not rows:
            return None
        # The pages of Great Expectations take what they are given for HTML.
        table = [["null" if row[name] is None else escape(row[name]) for name in _COLUMNS] for row in rows]
        styling = {"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}}
        return [
            RenderedTableContent(content_block_type="table", table=table, header_row=list(_COLUMNS), styling=styling)
        ]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> str:
        return escape(str(result.result.get("observed_value", "--"))) if result and result.result else "--"


def _sentence(slug: str) -> str:
    """The invariant's sentence, with dollars spelt so that no template takes them for a name."""
    return INVARIANTS[slug].sentence.replace("$", "$$") if slug in INVARIANTS else slug
