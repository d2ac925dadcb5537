"""An Oxigraph server (PyPI `oxigraph`) of our own on this machine, for measuring and for tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chatrec.errors import QueryError

_START_SECONDS = 20.0


@dataclass(frozen=True)
class Server:
    """A running server: where it takes queries, and its process."""

    url: str
    process: subprocess.Popen[bytes]


def server_binary() -> str | None:
    """Return the path of the server's program, or None where it is not installed."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("oxigraph", path=beside) or shutil.which("oxigraph")


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph_server(store: Path, port: int = 0) -> Iterator[Server]:
    """Serve the store in a folder on the loopback interface, read-only, until the block ends. Raises QueryError."""
    binary = server_binary()
    if binary is None:
        raise QueryError("The Oxigraph server is not installed.", "pip install oxigraph")
    port = port or free_port()
    command = [binary, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_port(port, process)
        yield Server(f"http://127.0.0.1:{port}/query", process)
    finally:
        process.kill()
        process.wait()


def await_port(port: int, process: subprocess.Popen[bytes], seconds: float = _START_SECONDS) -> None:
    """Wait until something listens on the port. Raises QueryError where the process ends or takes too long."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise QueryError(f"The server {process.args!r} did not start within {seconds:g} seconds.")
