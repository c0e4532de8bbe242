"""Upload: an album that everyone adds photos to, with a bar that shows how much has arrived.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import uuid4

from msgspec import Meta
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    dom_id,
    h,
    serve,
    svg,
)
from fatmorph.adapters.starlette import route
from fatmorph.errors import FormError
from fatmorph.forms import FileLimits, Form, Upload
from fatmorph.settings import Settings

LOOK = Path(__file__).parents[1] / "look"
MEGABYTE = 1024 * 1024
PHOTOS = FileLimits(accept="image/png,image/jpeg", max_bytes=20 * MEGABYTE)
SIGNATURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
LARGE_FORMS = Settings(max_form_bytes=64 * MEGABYTE)
SEND = at.post("/upload", content_type="form", retry="never", retry_max_count=0)
ICON = "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3M10.5 6h.01"
STYLE = """
#album input { width: 100%; padding: 2rem 1rem; background: var(--page); border-style: dashed }
#sending { display: flex; gap: 0.75rem; align-items: center }
#photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.75rem }
#photos img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: cover }
#photos img { border-radius: 0.7rem; box-shadow: var(--shadow) }
"""


@dataclass
class Album:
    photos: Annotated[list[Upload], PHOTOS, Meta(min_length=1, max_length=10)]


@dataclass(frozen=True)
class Photo:
    file: str
    name: str


@dataclass
class Tab:
    """The state of one open page."""

    percent: int | None = None  # while photos are sent
    is_cancelled: bool = False
    error: str = ""
    uploads: int = 0


class UploadCancelledError(Exception):
    """The user has cancelled the upload."""


# The state that all pages show. The files are in a folder that is removed with the program.
folder = TemporaryDirectory(prefix="album-")
photos: list[Photo] = []
tabs = Pages(Tab)
relay = Relay[None]()
client = datastar_script()


def home_view(tab: Tab) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Album"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.header(
                {"class": "bar"},
                h.h1("Album"),
                h.p({"id": "count", "class": "hint"}, f"Photos: {len(photos)}"),
            ),
            h.main({"class": "page"}, form_view(tab), photos_view()),
            connection_state(),
        ),
    )


def form_view(tab: Tab) -> Element:
    is_sending = tab.percent is not None
    field = dom_id("field", tab.uploads)  # after an upload, an empty one
    return h.form(
        {"id": "album", "class": "form panel", "enctype": "multipart/form-data"},
        h.div(
            {"class": "field"},
            h.label({"for": field}, "Photos ", h.span({"class": "hint"}, "PNG or JPEG")),
            h.input(
                data.on("change", SEND),
                id=field,
                name="photos",
                type="file",
                multiple=True,
                accept=PHOTOS.accept,
                disabled=is_sending,
                aria_invalid="true" if tab.error else None,
                aria_describedby="error",
            ),
            h.p({"id": "error", "class": "error", "role": "alert"}, tab.error),
        ),
        is_sending
        and h.div(
            {"id": "sending"},
            h.progress(f"{tab.percent} %", max=100, value=tab.percent, aria_label="Sent"),
            h.span({"class": "number"}, f"{tab.percent} %"),
            h.button(data.on("click", at.post("/cancel")), {"type": "button"}, "Cancel"),
        ),
    )


def photos_view() -> Element:
    if not photos:
        box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
        return h.p(
            {"id": "nothing", "class": "empty"}, svg.svg(box, svg.path(d=ICON)), "No photos yet."
        )
    return h.ul({"id": "photos"}, [photo_view(photo) for photo in reversed(photos)])


def photo_view(photo: Photo) -> Element:
    return h.li(
        {"id": dom_id("photo", photo.file)}, h.img(src=f"/photos/{photo.file}", alt=photo.name)
    )


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        changes = relay.subscribe("photos", latest=True)
        await w.live(lambda: home_view(tab.state), changes, tab.changes)


async def upload(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:  # a short block: other actions of the page do not wait
        state = tab.state
        state.percent, state.error, state.is_cancelled = 0, "", False

    def show(received: int, total: int) -> None:
        if state.is_cancelled:
            raise UploadCancelledError
        state.percent = 100 * received // total
        tab.changed()

    try:
        form = await c.form(Album, on_progress=show)
        if form.is_valid:
            await keep(form)
        state.error = form.errors.get("photos", "")
    except UploadCancelledError:
        state.error = "The upload was cancelled."
    except FormError as error:
        state.error = "must be smaller" if error.status == 413 else "could not be read"
        raise
    finally:
        state.percent = None
        state.uploads += 1
        tab.changed()


async def keep(form: Form[Album]) -> None:
    for photo in form.value.photos:
        start = await photo.read(8)
        suffix = next((end for sign, end in SIGNATURES.items() if start.startswith(sign)), "")
        if not suffix:
            form.errors["photos"] = f"{photo.name} is not a PNG or a JPEG"
            continue
        file = f"{uuid4()}{suffix}"
        await photo.save(Path(folder.name) / file)
        photos.append(Photo(file, photo.name))
    relay.publish("photos", None)


async def cancel(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.is_cancelled = True


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/upload", upload, methods=["POST"], settings=LARGE_FORMS),
        route("/cancel", cancel, methods=["POST"]),
        Mount("/photos", StaticFiles(directory=folder.name)),
        Mount("/look", StaticFiles(directory=LOOK)),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Share photos.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
