"""Database and queue servers of one's own, in temporary folders, which may be stopped at will."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from recorder.management.addresses import free_ports
from tests.engines import find_postgres

PATIENCE = 60.0  # seconds for a server to answer, or to end
NAME = "reelroom"  # of the role and of the database
HOW = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}  # as pg_ctl stop -m does


class Cluster:
    """One PostgreSQL server with an empty database. What it has committed survives its stop."""

    def __init__(self, folder: Path):
        self._bin, self._folder, self._as_postgres = Path(find_postgres()), folder, ()
        (self.port,) = free_ports(1)
        self.url = f"postgres://{NAME}@127.0.0.1:{self.port}/{NAME}"
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            folder.chmod(0o755)
            shutil.chown(data, "postgres", "postgres")
            self._as_postgres = ("setpriv", "--reuid=postgres", "--regid=postgres")
            self._as_postgres += ("--clear-groups",)
        self._log = (folder / "log").open("wb")
        self._run(
            "initdb", "-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        ).wait()
        self.start()
        with psycopg.connect(self.url.removesuffix(NAME) + "postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {NAME}")

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*self._as_postgres, self._bin / program, "-D", self._folder / "data", *arguments],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def start(self) -> None:
        """It accepts connections when this returns."""
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=")
        options = [part for setting in settings for part in ("-c", setting)]
        self.process = self._run("postgres", "-p", str(self.port), *options)
        ends = time.monotonic() + PATIENCE
        while not self._accepts():
            assert self.process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < ends, "PostgreSQL does not answer"
            time.sleep(0.01)

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.url.removesuffix(NAME) + "postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: str) -> None:
        self.process.send_signal(HOW[how])
        self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop("immediate")
        self._log.close()


@contextmanager
def own_postgres() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="reelroom-postgres-"))  # that its user may enter
    try:
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.close()
    finally:
        shutil.rmtree(folder)


@contextmanager
def own_redis() -> Iterator[str]:
    """Its address. It keeps nothing."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="reelroom-redis-") as folder:
        options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
        command = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        server = subprocess.Popen(["redis-server", *command], stdout=subprocess.DEVNULL)
        try:
            with closing(Redis(port=port, retry=Retry(ConstantBackoff(0.05), 200))) as client:
                client.ping()
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(PATIENCE)
