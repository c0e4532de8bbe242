"""A whole page: doctype, head, scripts, body."""

from fatmorph import comment, h, json_script

view = h.html(
    {"lang": "en"},
    h.head(
        h.meta(charset="utf-8"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.title("Tiles & more"),
        h.link(rel="stylesheet", href="/static/style.css?v=3&theme=dark", media="screen"),
        h.style("main > p { color: red } a::after { content: '<>' }"),
        h.script("if (a && b < c) document.title = 'x'", type="module"),
        json_script({"name": "</script>", "items": [1, None]}, id="settings"),
    ),
    h.body(
        comment(" the page begins "),
        h.header(h.h1("Tiles"), h.nav(h.a("Home", href="/"), " ", h.a("About", href="/about"))),
        h.main(h.p("Paint ", h.em("one"), " of them."), id="home", class_=["container", "wide"]),
        h.footer(h.p("© 2026"), h.hr(), h.small("Made by hand")),
    ),
)
