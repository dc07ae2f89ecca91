"""A real standalone Spark: a master and two workers, processes of their own on loopback, ended whatever happens."""

# pyright: reportMissingImports=false

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cluster", "cluster", "free_port"]

_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_UP_S = 90


@dataclass(frozen=True)
class Cluster:
    """Where the master listens, and the folder in which each worker keeps what it runs."""

    url: str
    work: tuple[Path, ...]

    def took_part(self) -> list[bool]:
        """Of each worker, whether it ran some application."""
        return [any(folder.glob("app-*/*")) for folder in self.work]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def _daemon(folder: Path, name: str, *words: str) -> Iterator[None]:
    import pyspark

    spark = Path(str(pyspark.__file__)).parent
    own = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1"}
    with (folder / f"{name}.log").open("w") as log:
        command = [str(spark / "bin" / "spark-class"), *words]
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | own, cwd=folder, start_new_session=True
        )
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A master and two workers with a core and 700 MB each, whose files are in a folder."""
    port, work = free_port(), tuple(folder / name for name in ("one", "two"))
    url, here = f"spark://127.0.0.1:{port}", ("--host", "127.0.0.1")
    with ExitStack() as daemons:
        daemons.enter_context(
            _daemon(folder, "master", _MASTER, *here, "--port", str(port), "--webui-port", str(free_port()))
        )
        for place in work:
            given = ("--cores", "1", "--memory", "1500m", "--work-dir", str(place), "--webui-port", str(free_port()))
            daemons.enter_context(_daemon(folder, place.name, _WORKER, *here, *given, url))
        _await(folder)
        yield Cluster(url, work)


def _await(folder: Path) -> None:
    """Until both workers are with the master."""
    until = time.monotonic() + _UP_S
    while (folder / "master.log").read_text().count("Registering worker") < 2:
        if time.monotonic() > until:
            raise TimeoutError((folder / "master.log").read_text()[-2000:])
        time.sleep(0.2)
