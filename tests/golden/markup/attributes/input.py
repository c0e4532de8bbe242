"""Every kind of attribute value."""

from decimal import Decimal

from fatmorph import Attrs, Markup, fragment, h

view = fragment(
    h.input(name="q", required=True, disabled=False, value="\"a\" & 'b' <c>", placeholder=None),
    h.div({"id": "a", "data-on:click": "$n > 1 && @post('/x')"}, id="b", aria_hidden=False),
    h.div(
        draggable=True, contenteditable=False, translate=False, tabindex=-1, data_x=Decimal("1.50")
    ),
    h.p(Attrs({"class": "a"}) | {"class": "b"}, class_={"c": True, "d": False}, style="top:0;"),
    h.p({"style": "top:0;"}, style={"left": 0, "--x": "url(data:image/png;base64,AA==)"}),
    h.p(title=Markup("fish &amp; &quot;chips&quot;"), onClick="go()", viewbox="0 0 1 1"),
    h.a("me", href=" java\tscript:alert(1)"),
    h.a("trusted", href=Markup("javascript:print()")),
    h.img(src="data:image/svg+xml,<svg/>", alt=""),
    h.iframe(src="data:image/svg+xml,<svg/>"),
)
