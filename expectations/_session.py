"""A Spark session that says nothing: the user's own where one is active, else one of ours, stopped when it is done."""

# pyright: reportMissingImports=false

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

__all__ = ["SparkUnavailable", "check_master", "session"]

_MASTER = re.compile(r"local(\[(\*|[1-9][0-9]*)(,[1-9][0-9]*)?\])?|yarn|k8s://.+|spark://(?P<hosts>[^/\s]+)")
_ANSWERS_S = 5  # a master that is there accepts a connection at once
_WORKERS_S = 60  # and has the work taken by a worker within a minute

# What the session is started with. Nobody looks at pages or bars of a check that runs by itself.
_CONF = {
    "spark.app.name": "bowerman-data",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.sql.debug.maxToStringFields": "20",
}
_LOCAL = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.memory": "3g"}

_FEW = 100_000  # rows of all tables, below which planning costs more than judging
_MANY = 10_000_000  # and below which what is compiled with care runs too seldom to repay it

# A JVM that ends before long repays one compilation, and no second.
_BRIEF = dict.fromkeys(
    ("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions"), "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC"
)

# What the queries are planned with, whatever else the user's session does.
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
}
_LARGE = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.enabled": "true",
    # What fits into memory is hashed: to be joined it would be sorted once for each relation.
    "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "64m",
    "spark.sql.constraintPropagation.enabled": "false",
}
_PARTS_A_CORE = 4  # of one machine; a cluster's are its own to say
# Of a few thousand rows the work is to plan, compile and schedule: so nothing is compiled, and nothing exchanged.
_SMALL = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
}


class SparkUnavailable(OSError):
    """There is no Spark to run on; the message says in one line what is missing."""


def check_master(master: str) -> None:
    """Raise SparkUnavailable where no session is active, and there is no Java, or nobody at the master's address."""
    if _active() is not None:
        return
    found = _MASTER.fullmatch(master)
    if found is None:
        raise SparkUnavailable(f"--spark-master: got {master!r}, expected local[*] or spark://HOST:PORT")
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")):
        where = f"JAVA_HOME ({home})" if home else "the path"
        raise SparkUnavailable(f"--engine spark needs Java 17 or later, and there is no java in {where}")
    hosts = found["hosts"]
    if hosts and not any(_answers(host) for host in hosts.split(",")):
        raise SparkUnavailable(f"--spark-master: nobody answers at {master}; is the master up, and the port right?")


def _active() -> SparkSession | None:
    """The session of whoever has imported Spark and started one, in this thread or another."""
    if "pyspark" not in sys.modules:
        return None
    from pyspark import SparkContext
    from pyspark.sql import SparkSession as Spark

    return Spark.builder.getOrCreate() if SparkContext._active_spark_context is not None else None


def _answers(host: str) -> bool:
    name, _, port = host.rpartition(":")
    try:
        with socket.create_connection((name.strip("[]"), int(port)), timeout=_ANSWERS_S):
            return True
    except (OSError, ValueError, OverflowError):
        return False


@contextmanager
def _unlogged() -> Iterator[None]:
    """Spark's Python side logs every query that fails, on stderr, with its trace; here that becomes an outcome."""
    from pyspark.logger import PySparkLogger

    logger = PySparkLogger.getLogger("SQLQueryContextLogger")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@contextmanager
def session(master: str, *, rows: int) -> Iterator[SparkSession]:
    """A session with views and settings of its own: beside the user's if one is active, else on `master`.

    `rows` are those of all tables: of few, other things cost than of many.

    Raises:
        SparkUnavailable: there is no Java, no master that answers, or no worker that takes the work.
    """
    active = _active()
    if active is not None:
        with _unlogged():
            yield _settled(active.newSession(), rows)
        return
    started = _started(master, rows)
    try:
        _await_workers(started, master)
        with _unlogged():
            yield _settled(started, rows)
    finally:
        _stop(started)


def _settled(spark: SparkSession, rows: int) -> SparkSession:
    for name, value in {**_MEANING, **(_SMALL if rows <= _FEW else _large(spark))}.items():
        spark.conf.set(name, value)
    return spark


def _large(spark: SparkSession) -> dict[str, str]:
    context = spark.sparkContext
    here = str(context.master).startswith("local")
    parts = {"spark.sql.shuffle.partitions": str(_PARTS_A_CORE * context.defaultParallelism)}
    return _LARGE | (parts if here else {})


def _conf(master: str, rows: int) -> SparkConf:
    from pyspark import SparkConf

    here = master.startswith("local") or "//127.0.0.1:" in master
    own = _CONF | (_LOCAL if here else {}) | (_BRIEF if rows <= _MANY else {})
    conf = SparkConf().setMaster(master)
    for name, value in own.items():
        conf.setIfMissing(name, value)
    return conf


def _started(master: str, rows: int) -> SparkSession:
    """A session whose JVM writes to nobody's terminal."""
    from py4j.protocol import Py4JError
    from pyspark import SparkContext, java_gateway
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession as Spark

    check_master(master)
    conf = _conf(master, rows)
    try:
        if SparkContext._gateway is None:
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            launch: Any = java_gateway.launch_gateway  # which has no types
            SparkContext._ensure_initialized(gateway=launch(conf, silent))
        return Spark.builder.config(conf=conf).getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        _forget()
        raise SparkUnavailable(f"no Spark session on {master}: {_cause(error)}") from error


def _cause(error: BaseException) -> str:
    """The last line of a Java trace that says what was wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("at ") and "Traceback" not in line]
    return (said[1] if len(said) > 1 and said[0].endswith(":") else said[0] if said else type(error).__name__)[:200]


def _await_workers(spark: SparkSession, master: str) -> None:
    """Raise where nobody takes the work: Spark itself would wait for ever."""
    if not master.startswith("spark://"):
        return
    until = time.monotonic() + _WORKERS_S
    context: Any = spark.sparkContext
    tracker = context._jsc.sc().statusTracker()
    while len(tracker.getExecutorInfos()) < 2:  # the driver is one
        if time.monotonic() > until:
            raise SparkUnavailable(f"no worker of {master} took the work within {_WORKERS_S} s: are they up, and free?")
        time.sleep(0.1)


def _stop(spark: SparkSession) -> None:
    spark.stop()
    _forget()


def _forget() -> None:
    """End the JVM, which would outlive the session to the end of the process."""
    from py4j.protocol import Py4JError
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    if gateway is None:
        return
    with suppress(OSError, Py4JError):  # of a JVM that has ended already
        gateway.shutdown()
    process = getattr(gateway, "proc", None)
    if process is not None:
        process.stdin.close()
        process.wait(30)
    SparkContext._gateway = SparkContext._jvm = None
