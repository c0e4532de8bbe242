"""A file upload: a field, a progress bar for each file, and the uploaded files."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

FILES = {"cat.png": 40, "dog.png": 100}


def file_view(name: str, percent: int) -> Element:
    return h.li(
        {"id": dom_id("file", name)},
        name,
        h.progress(value=percent, max=100),
        percent < 100 and h.button(data.on("click", at.delete(f"/files/{name}")), "Cancel"),
        percent == 100 and h.img(src=f"/files/{name}", alt=name),
    )


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Upload"), datastar_script()),
        h.body(
            data.init(at.subscribe("/files/stream")),
            h.h1("Upload"),
            h.form(
                {"enctype": "multipart/form-data"},
                data.on("submit", at.post("/files", content_type="form")),
                h.input(data.indicator("_sending"), type="file", name="files", multiple=True),
                h.button(data.attr({"disabled": "$_sending"}), "Send"),
            ),
            h.ul({"id": "files"}, [file_view(*file) for file in FILES.items()]),
        ),
    )


def broken() -> Element:
    """Return a drop zone that the parser would move out of its paragraph."""
    return h.body(h.p("Drop files here: ", h.div({"id": "zone"})))


FOUND = ["misnested"]
