"""The Great Expectations suites that hold the invariants, on DuckDB and Spark."""
