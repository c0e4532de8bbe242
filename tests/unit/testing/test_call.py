"""One response of a handler."""

import pytest

from fatmorph import Context, Pages, Relay, Writer, h
from fatmorph.testing import File, call


async def echo(c: Context, w: Writer) -> None:
    w.headers["x-method"] = c.method
    w.json(
        {
            "path": c.path,
            "query": dict(c.query),
            "signals": await c.signals(),
            "cookies": dict(c.cookies),
            "agent": c.headers.get("x-agent"),
        }
    )


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST", "PUT", "PATCH"])
async def test_signals_are_sent_as_datastar_sends_them(method: str) -> None:
    response = await call(
        echo,
        "/a%20b?c=d",
        method=method,
        signals={"user": {"name": "Ada & Bob"}},
        cookies={"session": "7"},
        headers={"X-Agent": "test"},
    )

    found = response.json()
    found["query"].pop("datastar", None)
    assert found == {
        "path": "/a b",
        "query": {"c": "d"},
        "signals": {"user": {"name": "Ada & Bob"}},
        "cookies": {"session": "7"},
        "agent": "test",
    }
    assert (response.status, response.headers["x-method"]) == (200, method)
    assert response.is_complete


async def test_each_call_is_one_of_a_new_page() -> None:
    pages = Pages(list[str])

    async def note(c: Context, w: Writer) -> None:
        async with pages.of(c) as page:
            page.state.append((await c.signals())["note"])
            w.json(page.state)

    same = {"Fatmorph-State": "1-2-3-4"}
    notes = [
        await call(note, signals={"note": "a"}),
        await call(note, signals={"note": "b"}),
        await call(note, signals={"note": "c"}, headers=same),
        await call(note, signals={"note": "d"}, headers=same),
        await call(note, signals={"note": "e", "fatmorph_page": "1-2-3-4"}),
    ]

    assert [each.json() for each in notes] == [["a"], ["b"], ["c"], ["c", "d"], ["c", "d", "e"]]


async def test_a_form_is_sent_with_its_files() -> None:
    async def save(c: Context, w: Writer) -> None:
        form = await c.form()
        (photo,) = form.get_files("photo")
        w.text(f"{c.method} {form['title']} {photo.name} {await photo.read()!r}")

    response = await call(save, form={"title": "a\nb", "photo": File("ä.png", b"\0\r\n")})

    assert response.text == "POST a\nb ä.png b'\\x00\\r\\n'"


async def test_a_stream_is_left_when_nothing_more_is_due() -> None:
    steps: list[str] = []
    changes = Relay[None]()

    async def live(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p("1", id="p"), changes.subscribe("*"))
        steps.append("ended")

    response = await call(live)

    assert [event.elements for event in response.events] == ['<p id="p">1</p>']
    assert (response.is_complete, steps) == (False, ["ended"])


async def test_a_redirect_and_its_cookies_are_returned() -> None:
    async def login(c: Context, w: Writer) -> None:
        w.cookie("session", "a b")
        w.redirect("/home")

    response = await call(login, method="POST")

    assert (response.status, response.headers["location"]) == (303, "/home")
    assert response.cookies == {"session": "a%20b"}


async def test_an_error_of_the_handler_is_raised() -> None:
    async def fail(c: Context, w: Writer) -> None:
        raise LookupError("no such row")

    with pytest.raises(LookupError, match="no such row"):
        await call(fail)


async def test_parameters_and_methods_of_a_path_find_their_handler() -> None:
    async def show(c: Context, w: Writer) -> None:
        w.text(f"show {c.path_params}")

    async def save(c: Context, w: Writer) -> None:
        w.text(f"save {c.path_params}")

    handlers = {"/rows/{row}": show, "POST /rows/{row}": save, "/rows/{row}/cells/{cell}": show}

    texts = [
        (await call(handlers, path, method=method)).text
        for method, path in (
            ("GET", "/rows/7"),
            ("GET", "/rows/7/cells/a.b"),
            ("GET", "/rows/7/cells"),
        )
    ]

    assert texts == ["show {'row': '7'}", "show {'row': '7', 'cell': 'a.b'}", "not found"]
    assert (await call({"POST /a": save, "/a": show}, "/a", method="POST")).text == "save {}"
