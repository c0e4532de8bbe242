"""SVG and MathML in a page, with their upper and lower case."""

from fatmorph import h, mathml, svg

view = h.figure(
    h.svg(
        {"viewBox": "0 0 100 100", "preserveaspectratio": "none"},
        svg.defs(
            svg.linearGradient(svg.stop(offset=0, stop_color="red"), id="g", gradientUnits="x")
        ),
        svg.title("A < B"),
        svg.circle(cx=50, cy=50, r=40, fill="url(#g)", stroke_width=2),
        svg.foreignObject(h.p("HTML inside")),
        svg.style("a && b"),
    ),
    h.math(
        mathml.mrow(mathml.mi("x"), mathml.mo("<"), mathml.mfrac(mathml.mn(1), mathml.mn(2))),
        displaystyle=True,
    ),
    h.figcaption("Both"),
)
