"""The bad cases: for every invariant at least one, with exactly what must be said of it."""

from tests.cases.case import Case, Wrong
from tests.cases.claims import CLAIMS
from tests.cases.every_table import EVERY_TABLE
from tests.cases.quotes import QUOTES
from tests.cases.records import RECORDS
from tests.cases.results import RESULTS
from tests.cases.rulings import RULINGS
from tests.cases.sources import SOURCES
from tests.cases.splits import SPLITS

__all__ = ["CASES", "Case", "Wrong"]

CASES = [*EVERY_TABLE, *RESULTS, *RECORDS, *SPLITS, *QUOTES, *CLAIMS, *RULINGS, *SOURCES]
