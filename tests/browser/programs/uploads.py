"""A page with an upload of photos, its progress and its errors; a counter is shared by all."""

import dataclasses
import os
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Pages, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.errors import FormError
from fatmorph.forms import FileLimits, Upload
from fatmorph.settings import Settings

LIMITS = FileLimits(accept="image/png", max_bytes=51 * 1024 * 1024)
LARGE_FORMS = Settings(max_form_bytes=55 * 1024 * 1024)
relay = Relay[int]()
counts = [0]


SEND = at.post("/upload", content_type="form", retry="never", retry_max_count=0)
TOO_LARGE = f"[...el.files].some(file => file.size > {60 * 1024 * 1024})"


class UploadCancelledError(Exception):
    """The user has cancelled the upload."""


@dataclass
class Album:
    photos: Annotated[list[Upload], LIMITS, Meta(min_length=1, max_length=3)]


@dataclass
class Tab:
    percent: int | None = None
    is_cancelled: bool = False
    error: str = ""
    uploads: list[str] = dataclasses.field(default_factory=list)


tabs = Pages(Tab)


async def upload(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        state = tab.state
        state.percent, state.error, state.is_cancelled = 0, "", False

    def show(received: int, total: int) -> None:
        if state.is_cancelled:
            raise UploadCancelledError
        state.percent = 100 * received // total
        tab.changed()

    try:
        form = await c.form(Album, on_progress=show)
        state.error = form.errors.get("photos", "")
        if form.is_valid:
            sizes = [f"{photo.name} {photo.size}" for photo in form.value.photos]
            state.uploads.append(", ".join(sizes))
    except UploadCancelledError:
        state.error = "was cancelled"
    except FormError as error:
        state.error = "must be smaller" if error.status == 413 else "could not be read"
        raise
    finally:
        state.percent = None
        tab.changed()


def page_view(tab: Tab) -> Element:
    is_sending = tab.percent is not None
    field = f"photos-{len(tab.uploads)}"
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Album"), datastar_script("/datastar.js")),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.p({"id": "count"}, counts[-1]),
            h.ul({"id": "uploads"}, [h.li(text) for text in tab.uploads]),
            h.form(
                {"id": "album", "enctype": "multipart/form-data"},
                data.on("submit", SEND),
                h.label({"for": field}, "Photos"),
                h.input(
                    data.on("change", f"el.setCustomValidity({TOO_LARGE} ? 'too large' : '')"),
                    id=field,
                    name="photos",
                    type="file",
                    multiple=True,
                    aria_invalid="true" if tab.error else None,
                    aria_describedby="photos-error",
                ),
                h.p({"id": "photos-error", "role": "alert"}, tab.error),
                h.button("Send", id="send", disabled=is_sending),
                is_sending
                and h.button(
                    data.on("click", at.post("/cancel")), "Cancel", id="cancel", type="button"
                ),
                is_sending and h.progress(id="bar", max=100, value=tab.percent, aria_label="Sent"),
            ),
        ),
    )


async def cancel(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.is_cancelled = True


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: page_view(tab.state), relay.subscribe("*"), tab.changes)


async def count(c: Context, w: Writer) -> None:
    counts.append(counts[-1] + 1)
    relay.publish("count", counts[-1])
    w.json(relay.subscription_count)


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/upload", upload, methods="POST", settings=LARGE_FORMS),
        route("/cancel", cancel, methods="POST"),
        route("/count", count, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
