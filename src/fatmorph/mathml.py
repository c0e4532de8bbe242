"""The elements of MathML Core: one `Tag` each, in its order.

    from fatmorph import mathml

    mathml.math(mathml.mfrac(mathml.mn(1), mathml.mn(2)))

`annotation-xml` is called `annotation_xml`.

Source: https://w3c.github.io/mathml-core/
"""

from typing import TYPE_CHECKING, NoReturn

from fatmorph.markup._element import Tag
from fatmorph.markup._suggestion import unknown_element

__all__ = (
    "annotation",
    "annotation_xml",
    "maction",
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
)

# 2 The top-level element
math = Tag("math", "mathml")

# 3.2 Token elements
mtext = Tag("mtext", "mathml")
mi = Tag("mi", "mathml")
mn = Tag("mn", "mathml")
mo = Tag("mo", "mathml")
mspace = Tag("mspace", "mathml")
ms = Tag("ms", "mathml")

# 3.3 General layout schemata
mrow = Tag("mrow", "mathml")
mfrac = Tag("mfrac", "mathml")
msqrt = Tag("msqrt", "mathml")
mroot = Tag("mroot", "mathml")
mstyle = Tag("mstyle", "mathml")
merror = Tag("merror", "mathml")
mpadded = Tag("mpadded", "mathml")
mphantom = Tag("mphantom", "mathml")

# 3.4 Script and limit schemata
msub = Tag("msub", "mathml")
msup = Tag("msup", "mathml")
msubsup = Tag("msubsup", "mathml")
munder = Tag("munder", "mathml")
mover = Tag("mover", "mathml")
munderover = Tag("munderover", "mathml")
mmultiscripts = Tag("mmultiscripts", "mathml")
mprescripts = Tag("mprescripts", "mathml")

# 3.5 Tabular math
mtable = Tag("mtable", "mathml")
mtr = Tag("mtr", "mathml")
mtd = Tag("mtd", "mathml")

# 3.6 Enlivening expressions, 3.7 Semantics and presentation
maction = Tag("maction", "mathml")
semantics = Tag("semantics", "mathml")
annotation = Tag("annotation", "mathml")
annotation_xml = Tag("annotation-xml", "mathml")

if not TYPE_CHECKING:  # type checkers go on reporting unknown names

    def __getattr__(name: str) -> NoReturn:
        raise unknown_element(name, "mathml")
