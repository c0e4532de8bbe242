"""Programs that run as servers in separate processes, on free loopback ports.

    with running([sys.executable, "main.py", "--port", "{port}"], cwd=folder) as server:
        urlopen(server.base_url)

Every process is started in its own session, so that ending it also ends its children (watchfiles
has some) and nothing else.
"""

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

__all__ = ("Server", "allow_files", "free_port", "ports_of_worker", "running", "wait_until")

HOST = "127.0.0.1"
POLL_SECONDS = 0.02
# These ports are below those that the system gives to clients. Each Python version has its own, as
# their tests may run at the same time: no other process may take the port before the server starts.
PORT_COUNT = 4_000
FIRST_PORT = 12_000 + PORT_COUNT * (sys.version_info.minor % 5)


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, and its output."""

    process: subprocess.Popen[bytes]
    port: int
    output_file: Path

    @property
    def base_url(self) -> str:
        """Return the address without a trailing slash: `http://127.0.0.1:PORT`."""
        return f"http://{HOST}:{self.port}"

    def output(self) -> str:
        """Return the output so far, from standard output and standard error together."""
        return self.output_file.read_text(encoding="utf-8", errors="replace")

    def prints(self, text: str, *, after: int, within_seconds: float = 10) -> bool:
        """Wait for a text in the output; return whether it was printed in time.

        Args:
            text: The text.
            after: How much of the output is not looked at.
            within_seconds: The limit.
        """
        deadline = time.monotonic() + within_seconds
        while not (is_printed := text in self.output()[after:]) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return is_printed

    def peak_memory_bytes(self) -> int:
        """Return the peak memory of the process or of its largest child; on Linux."""
        found = [_memory_bytes(pid) for pid in _family(self.process.pid)]
        return max(found, default=0)

    def stop(self, number: int = signal.SIGINT, *, within_seconds: float = 30) -> int:
        """Send a signal to the process and return its exit code.

        Args:
            number: The signal; a terminal and watchfiles send SIGINT.
            within_seconds: The limit, after which an AssertionError with the output is raised.
        """
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired:
            name = signal.Signals(number).name
            raise AssertionError(
                f"the server still runs {within_seconds} s after {name}; it printed:\n"
                + self.output()
            ) from None


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    pids = [pid]
    for parent in pids:
        with suppress(OSError):
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            pids += map(int, children)
    return pids


def _memory_bytes(pid: int) -> int:
    # https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def wait_until(is_so: Callable[[], bool], *, within_seconds: float = 30) -> bool:
    """Wait until something is so; return whether it was in time."""
    deadline = time.monotonic() + within_seconds
    while not (found := is_so()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return found


def allow_files(number: int) -> None:
    """Raise the limit of open files for this process and its servers, or end the program."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    is_enough = hard == resource.RLIM_INFINITY or hard >= number
    try:
        limits = max(soft, number), hard if is_enough else number
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    except (ValueError, OSError):
        raise SystemExit(f"only {hard} files may be open here, and {number} are needed") from None


def ports_of_worker(number: int, count: int) -> range:
    """Return the ports of one of the processes in which the tests run.

    The ports of two processes differ: a server takes its port a second after it was chosen, and
    the tests of another process would meet the wrong server there.
    """
    width = PORT_COUNT // count
    return range(FIRST_PORT + number * width, FIRST_PORT + (number + 1) * width)


def free_port() -> int:
    """Return a loopback port that is free, and that was not returned a short time before."""
    while True:
        port = next(_own_ports)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def _ports_in_turn() -> Iterator[int]:
    """Yield this process's ports in turn; the first differs from run to run."""
    # https://pytest-xdist.readthedocs.io/en/stable/how-to.html#envvar-PYTEST_XDIST_WORKER
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = ports_of_worker(number, max(count, number + 1))
    start = random.randrange(len(own))
    return cycle([*own[start:], *own[:start]])


_own_ports = _ports_in_turn()


@contextmanager
def running(
    command: Sequence[str | os.PathLike[str]],
    cwd: str | os.PathLike[str],
    env: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    ready_seconds: float = 20,
    stop_seconds: float = 10,
) -> Generator[Server, None, None]:
    """Run a command as a server and yield it once it accepts connections.

    Args:
        command: The program and its arguments; `{port}` is replaced by the port.
        cwd: The server's working directory.
        env: Variables added to this process's own; `{port}` is replaced by the port.
            The variable `PORT` is always set.
        port: The port; None selects a free one.
        ready_seconds: The time limit for the first accepted connection.
        stop_seconds: The time limit to exit after SIGINT, before the server is killed.

    Raises:
        AssertionError: The server exited, or did not listen in time; the text has its output.
    """
    port = free_port() if port is None else port
    with tempfile.TemporaryDirectory(prefix="server-") as folder:
        server = _start(command, cwd, env or {}, port, Path(folder) / "output.txt")
        try:
            _wait_until_ready(server, ready_seconds)
            yield server
        finally:
            _end(server, stop_seconds)


def _start(
    command: Sequence[str | os.PathLike[str]],
    cwd: str | os.PathLike[str],
    env: Mapping[str, str],
    port: int,
    output_file: Path,
) -> Server:
    def with_port(text: str | os.PathLike[str]) -> str:
        return os.fspath(text).replace("{port}", str(port))

    variables = {"PYTHONUNBUFFERED": "1", "PORT": str(port)}
    variables |= {name: with_port(value) for name, value in env.items()}
    with output_file.open("wb") as output:
        process = subprocess.Popen(
            [with_port(argument) for argument in command],
            cwd=cwd,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(process, port, output_file)


def _wait_until_ready(server: Server, ready_seconds: float) -> None:
    deadline = time.monotonic() + ready_seconds
    while not _accepts_connections(server.port):
        if _exit_code(server, POLL_SECONDS) is not None:
            raise AssertionError(
                f"the server ended with code {server.process.returncode} before it listened; "
                "it printed:\n" + server.output()
            )
        if time.monotonic() > deadline:
            raise AssertionError(
                f"the server accepts no connection on port {server.port} after "
                f"{ready_seconds} s; it printed:\n" + server.output()
            )


def _accepts_connections(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _exit_code(server: Server, within_seconds: float) -> int | None:
    try:
        return server.process.wait(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        return None


def _end(server: Server, stop_seconds: float) -> None:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        _exit_code(server, stop_seconds)
    with suppress(ProcessLookupError):
        # The group has the process's own number, and contains only processes that it started.
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
