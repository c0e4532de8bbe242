"""Applications after nginx with other settings than the documented ones, and under a prefix."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from integrations.test_proxies import NGINX, next_page, program
from rules.markdown import Page
from rules.source_tree import ROOT
from servers import Server, free_port, running

SECONDS = 30
FOLDER = Path(__file__).parent
PREFIX = Page(ROOT / "docs" / "how-to" / "prefix.md")
HTTP_1_0 = "a stream is sent over HTTP/1.0"


@contextmanager
def nginx(folder: Path, location: str, outside: str = "") -> Iterator[int]:
    """Run nginx with a location, and return its port."""
    port = free_port()
    text = f"{outside} server {{ listen 127.0.0.1:{port}; {location} }}"
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, text=text), encoding="utf-8")
    with running([program("nginx"), "-p", folder, "-c", file], cwd=folder, port=port):
        yield port


@contextmanager
def application(*options: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    uvicorn = [sys.executable, "-m", "uvicorn", "proxied_app:app", "--port", "{port}"]
    with running([*uvicorn, *options], cwd=FOLDER, env=env) as server:
        yield server


@contextmanager
def answer(
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request(method, path, headers=dict(headers or {}))
    with closing(connection), connection.getresponse() as response:
        yield response


def is_complete_after_a_stop(server: Server, port: int) -> bool:
    """Return whether the stream of a stopped application looks complete to its client."""
    with answer(port, "/subscribe", headers={"datastar-request": "true"}) as stream:
        next_page(stream)
        server.stop(signal.SIGTERM, within_seconds=SECONDS)
        try:
            stream.read()
        except IncompleteRead:
            return False
    return True


@pytest.mark.parametrize(
    ("parser", "location", "is_complete"),
    [
        ("h11", "", True),
        ("h11", "proxy_http_version 1.1;", False),
        ("httptools", "", False),
        ("httptools", "proxy_http_version 1.1;", False),
    ],
)
def test_a_stream_over_http_1_0_looks_complete_only_with_h11(
    tmp_path: Path,
    parser: str,
    location: str,
    is_complete: bool,  # noqa: FBT001 - a column
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(application("--http", parser))
        proxied = f"location / {{ proxy_pass http://127.0.0.1:{server.port}; {location} }}"
        port = stack.enter_context(nginx(tmp_path, proxied))

        assert is_complete_after_a_stop(server, port) == is_complete


def test_streams_over_http_1_0_are_logged_once_with_the_line_to_write(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(application())
        proxied = f"location / {{ proxy_pass http://127.0.0.1:{server.port}; }}"
        port = stack.enter_context(nginx(tmp_path, proxied))

        for _ in range(2):
            with answer(port, "/subscribe", headers={"datastar-request": "true"}) as stream:
                next_page(stream)

        assert server.prints(HTTP_1_0, after=0, within_seconds=SECONDS)
        assert server.output().count(HTTP_1_0) == 1
        assert "proxy_http_version 1.1;" in server.output()


@pytest.fixture
def prefixed(tmp_path: Path) -> Iterator[int]:
    """Return the port of nginx with the documented location of an application under a prefix."""
    documented = next(block.text for block in PREFIX.blocks if block.language == "nginx")
    with application("--root-path", "/shop") as server:
        upstream = f"upstream app {{ server 127.0.0.1:{server.port}; }}"
        with nginx(tmp_path, documented, upstream) as port:
            yield port


def test_the_urls_of_a_page_under_a_prefix_lead_to_it(prefixed: int) -> None:
    with answer(prefixed, "/shop/") as page:
        text = page.read().decode()
    with answer(prefixed, "/shop/subscribe", headers={"datastar-request": "true"}) as stream:
        first = next_page(stream)
    with answer(prefixed, "/shop/where") as found:
        where = json.loads(found.read())

    assert "@get('/shop/subscribe')" in text
    assert 'href="/shop/"' in text
    assert "live" in first
    assert where == ["/shop", "/shop/where"]


def test_a_redirect_by_the_framework_stays_on_the_site(prefixed: int) -> None:
    with answer(prefixed, "/shop/leave") as response:
        assert (response.status, response.getheader("location")) == (303, "/shop/")


def test_a_cache_gives_each_user_their_own_page() -> None:
    with ExitStack() as stack:
        # A worker of nginx that root has started is another user, who cannot enter `tmp_path`.
        folder = Path(stack.enter_context(TemporaryDirectory()))
        folder.chmod(0o755)
        cache = f"proxy_cache_path {folder}/cache keys_zone=pages:1m;"
        server = stack.enter_context(application())
        proxied = f"proxy_pass http://127.0.0.1:{server.port}; proxy_cache pages;"
        location = f"location / {{ {proxied} proxy_cache_valid 200 1m; }}"
        port = stack.enter_context(nginx(folder, location, cache))
        found = {}
        for path in ("/", "/about"):
            for name in ("Ada", "Grace"):
                with answer(port, path, headers={"cookie": f"name={name}"}) as page:
                    found[path, name] = f"<p>{name}</p>" in page.read().decode()

    assert found == {
        ("/", "Ada"): True,
        ("/", "Grace"): True,
        ("/about", "Ada"): True,
        ("/about", "Grace"): False,  # the route says that the page is the same for everyone
    }


@pytest.mark.parametrize(
    ("host", "is_known", "status"),
    [("$http_host", False, 204), ("$host", False, 403), ("$host", True, 204)],
)
def test_a_proxy_that_drops_the_port_of_the_host_needs_the_origin_in_the_settings(
    tmp_path: Path,
    host: str,
    is_known: bool,  # noqa: FBT001 - a column
    status: int,
) -> None:
    with ExitStack() as stack:
        # The port is known only when nginx runs, so that nginx starts before its application.
        inner = free_port()
        proxied = f"proxy_pass http://127.0.0.1:{inner}; proxy_set_header Host {host};"
        port = stack.enter_context(nginx(tmp_path, f"location / {{ {proxied} }}"))
        origin = f"http://127.0.0.1:{port}"
        env = {"OWN_ORIGIN": origin} if is_known else {}
        server = stack.enter_context(
            running(
                [sys.executable, "-m", "uvicorn", "proxied_app:app", "--port", "{port}"],
                cwd=FOLDER,
                env=env,
                port=inner,
            )
        )
        headers = {"datastar-request": "true", "origin": origin}

        with answer(port, "/add", "POST", headers) as response:
            assert response.status == status

        is_refused = status == 403
        assert server.prints("proxy_set_header Host $http_host", after=0, within_seconds=1) == (
            is_refused
        )
