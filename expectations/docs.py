"""Data Docs: the site of Great Expectations, of what its suites found in the tables of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.validator.validation_statistics import calc_validation_statistics

from bowerman_data.expectations.engine import quiet_context
from bowerman_data.expectations.rules import ExpectInvariantToHold, result_of
from bowerman_data.expectations.suites import expectations_of
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["write_site"]


def write_site(verdicts: Sequence[Verdict], folder: Path) -> None:
    """Write the site into a folder: index.html, and a suite with its result for each table judged.

    The results are the verdicts, which came from Great Expectations, so that site and report never
    differ: what was not given is skipped in both.
    """
    context = _context_of(folder)
    run = RunIdentifier(run_name="validate", run_time=dt.datetime.now(dt.UTC))
    for table in TABLES:
        said = [verdict for verdict in verdicts if verdict.table == table]
        if any(verdict.outcome != "skipped" for verdict in said):
            _add(context, table, said, run)
    context.build_data_docs()


def _context_of(folder: Path) -> EphemeralDataContext:
    """A context with one site, in the folder."""
    context = quiet_context()
    for name in list(context.get_docs_sites_urls()):
        context.delete_data_docs_site(str(name["site_name"]))
    context.add_data_docs_site(
        "bowerman",
        {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def _add(context: EphemeralDataContext, table: str, said: Sequence[Verdict], run: RunIdentifier) -> None:
    """A suite for the table, and what came of it."""
    slugs = [verdict.invariant for verdict in said]
    expectations = list(expectations_of(table, slugs, tables={}, by_name=True, shipped=False, cap=0))
    suite = context.suites.add(gx.ExpectationSuite(name=f"bowerman-{table}", expectations=list(expectations)))
    results = [_result(*pair) for pair in zip(expectations, said, strict=True)]
    owner = ExpectationSuiteIdentifier(name=suite.name)
    context.validation_results_store.store_validation_results(
        suite_validation_result=_judged(table, suite.name, results, run),
        suite_validation_result_identifier=ValidationResultIdentifier(owner, run, table),
        expectation_suite_identifier=owner,
    )


def _result(expectation: ExpectInvariantToHold, verdict: Verdict) -> ExpectationValidationResult:
    return ExpectationValidationResult(
        expectation_config=expectation.configuration, **result_of(verdict, complete=False)
    )


def _judged(
    table: str, suite: str, results: list[ExpectationValidationResult], run: RunIdentifier
) -> ExpectationSuiteValidationResult:
    statistics = calc_validation_statistics(results)
    return ExpectationSuiteValidationResult(
        success=statistics.success,
        results=results,
        suite_name=suite,
        statistics={
            "evaluated_expectations": statistics.evaluated_expectations,
            "successful_expectations": statistics.successful_expectations,
            "unsuccessful_expectations": statistics.unsuccessful_expectations,
            "success_percent": statistics.success_percent,
        },
        meta={
            "active_batch_definition": {
                "datasource_name": "bowerman",
                "data_connector_name": "tables",
                "data_asset_name": table,
                "batch_identifiers": {},
            },
            "great_expectations_version": gx.__version__,
            "run_id": run,
            "validation_time": run.run_time.isoformat(),
        },
    )
