"""The elements of SVG 2 and its modules: one `Tag` each, in their order.

    from fatmorph import svg

    svg.svg({"viewBox": "0 0 10 10"}, svg.circle(cx=5, cy=5, r=4))

Names are case-sensitive, as in SVG (`linearGradient`). Inside SVG, `audio`, `canvas`, `iframe`
and `video` are HTML elements.

Source: https://svgwg.org/svg2-draft/eltindex.html
"""

# A001, N816: these are the standard's names; nothing here uses the builtins they hide.
# ruff: noqa: A001, N816

from typing import TYPE_CHECKING, NoReturn

from fatmorph.markup._element import Tag
from fatmorph.markup._suggestion import unknown_element

__all__ = (
    "a",
    "animate",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "discard",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "foreignObject",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "metadata",
    "mpath",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "script",
    "set",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
    "view",
)

# 5 Document structure, 6 Styling
svg = Tag("svg", "svg")
g = Tag("g", "svg")
defs = Tag("defs", "svg")
symbol = Tag("symbol", "svg")
use = Tag("use", "svg")
switch = Tag("switch", "svg")
title = Tag("title", "svg")
desc = Tag("desc", "svg")
metadata = Tag("metadata", "svg")
style = Tag("style", "svg")

# 9 Paths, 10 Basic shapes
path = Tag("path", "svg")
rect = Tag("rect", "svg")
circle = Tag("circle", "svg")
ellipse = Tag("ellipse", "svg")
line = Tag("line", "svg")
polyline = Tag("polyline", "svg")
polygon = Tag("polygon", "svg")

# 11 Text, 12 Embedded content
text = Tag("text", "svg")
tspan = Tag("tspan", "svg")
textPath = Tag("textPath", "svg")
image = Tag("image", "svg")
foreignObject = Tag("foreignObject", "svg")

# 13 Painting, 14 Paint servers
marker = Tag("marker", "svg")
linearGradient = Tag("linearGradient", "svg")
radialGradient = Tag("radialGradient", "svg")
stop = Tag("stop", "svg")
pattern = Tag("pattern", "svg")

# 15 Scripting, 16 Linking
script = Tag("script", "svg")
a = Tag("a", "svg")
view = Tag("view", "svg")

# CSS Masking
clipPath = Tag("clipPath", "svg")
mask = Tag("mask", "svg")

# Filter Effects
filter = Tag("filter", "svg")
feBlend = Tag("feBlend", "svg")
feColorMatrix = Tag("feColorMatrix", "svg")
feComponentTransfer = Tag("feComponentTransfer", "svg")
feFuncR = Tag("feFuncR", "svg")
feFuncG = Tag("feFuncG", "svg")
feFuncB = Tag("feFuncB", "svg")
feFuncA = Tag("feFuncA", "svg")
feComposite = Tag("feComposite", "svg")
feConvolveMatrix = Tag("feConvolveMatrix", "svg")
feDiffuseLighting = Tag("feDiffuseLighting", "svg")
feDisplacementMap = Tag("feDisplacementMap", "svg")
feDropShadow = Tag("feDropShadow", "svg")
feFlood = Tag("feFlood", "svg")
feGaussianBlur = Tag("feGaussianBlur", "svg")
feImage = Tag("feImage", "svg")
feMerge = Tag("feMerge", "svg")
feMergeNode = Tag("feMergeNode", "svg")
feMorphology = Tag("feMorphology", "svg")
feOffset = Tag("feOffset", "svg")
feSpecularLighting = Tag("feSpecularLighting", "svg")
feTile = Tag("feTile", "svg")
feTurbulence = Tag("feTurbulence", "svg")
feDistantLight = Tag("feDistantLight", "svg")
fePointLight = Tag("fePointLight", "svg")
feSpotLight = Tag("feSpotLight", "svg")

# SVG Animations
animate = Tag("animate", "svg")
set = Tag("set", "svg")
discard = Tag("discard", "svg")
animateMotion = Tag("animateMotion", "svg")
mpath = Tag("mpath", "svg")
animateTransform = Tag("animateTransform", "svg")

if not TYPE_CHECKING:  # type checkers go on reporting unknown names

    def __getattr__(name: str) -> NoReturn:
        raise unknown_element(name, "svg")
