"""Visible white space, and newlines that the parser drops."""

from fatmorph import h

view = h.div(
    h.pre("\nfirst line\n  second line\n"),
    h.pre(h.code("def f():\n    return '<b>' and \"x\" & 1\n" * 4)),
    h.textarea("\n\nkept </textarea> & all", name="text", rows=3),
    h.pre("", "\nkept too"),
    h.p("one ", h.b("two"), "  three\nfour"),
)
