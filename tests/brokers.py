"""Real brokers on free loopback ports, each in a process of its own.

with broker("redis", folder) as redis:
    relay = Relay[str].connect(redis.url)
    redis.kill()
    redis.start()
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from machine import missing
from servers import HOST, free_port

__all__ = ("BROKERS", "Broker", "broker", "until")

BROKERS = ("nats", "redis")
PROGRAMS = {"nats": "nats-server", "redis": "redis-server"}
READY_SECONDS = 30
POLL_SECONDS = 0.02


@dataclass
class Broker:
    """A broker that can be killed, and started again on its port."""

    kind: str
    port: int
    folder: Path
    password: str = ""
    options: tuple[str, ...] = ()
    scheme: str = ""
    is_tls: bool = False
    monitor_port: int = field(default_factory=free_port)  # of NATS, for its statistics
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the address, with the password."""
        user = f"app:{self.password}@" if self.kind == "nats" else f":{self.password}@"
        return f"{self.scheme or self.kind}://{user if self.password else ''}{HOST}:{self.port}"

    @property
    def shown_url(self) -> str:
        """Return the address as it is shown."""
        return f"{self.scheme or self.kind}://{HOST}:{self.port}"

    def start(self) -> None:
        """Start the process, and wait until it accepts connections."""
        program = PROGRAMS[self.kind]
        path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
        if path is None:
            missing(program, f"{program} is not installed: apt-get install {program}")
        with (self.folder / f"{self.kind}-{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [path, *self._arguments()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the process with a signal, and wait for its end."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            self.process.send_signal(signal.SIGCONT)  # a stopped process takes no SIGTERM
            self.process.wait()

    def freeze(self) -> None:
        """Stop the process, which then keeps its connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def command(self, *words: str) -> bytes:
        """Send one command of Redis, and return the beginning of its answer."""
        parts = [f"*{len(words)}", *(f"${len(word)}\r\n{word}" for word in words)]
        with closing(socket.create_connection((HOST, self.port), timeout=READY_SECONDS)) as client:
            client.sendall("".join(f"{part}\r\n" for part in parts).encode())
            return client.recv(65536)

    def counts(self, prefix: str) -> tuple[int, int]:
        """Return how many clients are connected, and how many patterns they have subscribed to.

        Args:
            prefix: The first part of the channels that are counted in Redis.
        """
        if self.kind == "nats":
            found = self._statistics()
            return found["connections"], found["subscriptions"]
        clients = self.command("CLIENT", "LIST").count(b" cmd=") - 1  # this one
        channels = self.command("PUBSUB", "CHANNELS", f"{prefix}.*").count(prefix.encode())
        return clients, channels + int(self.command("PUBSUB", "NUMPAT")[1:])

    def _statistics(self) -> dict[str, Any]:
        url = f"http://{HOST}:{self.monitor_port}/varz"
        with urlopen(url, timeout=READY_SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def _arguments(self) -> list[str]:
        port, secret = str(self.port), self.password
        if self.kind == "nats":
            login = ["--user", "app", "--pass", secret] if secret else []
            monitor = ["-m", str(self.monitor_port)]
            return ["-a", HOST, "-p", port, *monitor, *login, *self.options]
        login = ["--requirepass", secret] if secret else []
        port_option = ["--port", "0", "--tls-port"] if self.is_tls else ["--port"]
        own = ["--bind", HOST, *port_option, port, "--save", "", "--appendonly", "no", *login]
        return [*own, *self.options]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            with suppress(OSError):
                socket.create_connection((HOST, self.port), timeout=1).close()
                return
            assert time.monotonic() < deadline, f"{self.kind} does not listen"
            time.sleep(POLL_SECONDS)


@contextmanager
def broker(
    kind: str,
    folder: Path,
    *,
    password: str = "",
    options: tuple[str, ...] = (),
    scheme: str = "",
    is_tls: bool = False,
    is_running: bool = True,
) -> Iterator[Broker]:
    """Run a broker on a free port; end it afterwards.

    Args:
        kind: `nats` or `redis`.
        folder: Where it writes its log.
        password: With which clients log in; empty for none.
        options: Further arguments for the program.
        scheme: The scheme of its URL; empty for its kind.
        is_tls: Whether Redis accepts only encrypted connections; NATS has options for it.
        is_running: Whether it is started now, or by the test.
    """
    found = Broker(kind, free_port(), folder, password, options, scheme, is_tls)
    try:
        if is_running:
            found.start()
        yield found
    finally:
        found.kill()


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition is true, which is asked in a thread; fail after a generous time."""
    deadline = time.monotonic() + READY_SECONDS
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not become true in time"
        await asyncio.sleep(POLL_SECONDS)
