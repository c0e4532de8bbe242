"""The elements of HTML: one `Tag` each, in the standard's order.

    from fatmorph import h

    h.p("Hello, ", h.strong("you"))

`del` is a Python keyword, so it is called `del_`. Import `h` instead of single names: some of them
(`input`, `map`, `object`) would hide builtins.

Source: https://html.spec.whatwg.org/multipage/indices.html#elements-3
"""

# A001: these are the standard's names; nothing in this module uses the builtins they hide.
# ruff: noqa: A001

from typing import TYPE_CHECKING, NoReturn

from fatmorph.markup._element import Tag
from fatmorph.markup._suggestion import unknown_element

__all__ = (
    "a",
    "abbr",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del_",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "mark",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "picture",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "slot",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
)

# 4.1 The document element, 4.2 Document metadata
html = Tag("html")
head = Tag("head")
title = Tag("title")
base = Tag("base")
link = Tag("link")
meta = Tag("meta")
style = Tag("style")

# 4.3 Sections
body = Tag("body")
article = Tag("article")
section = Tag("section")
nav = Tag("nav")
aside = Tag("aside")
h1 = Tag("h1")
h2 = Tag("h2")
h3 = Tag("h3")
h4 = Tag("h4")
h5 = Tag("h5")
h6 = Tag("h6")
hgroup = Tag("hgroup")
header = Tag("header")
footer = Tag("footer")
address = Tag("address")

# 4.4 Grouping content
p = Tag("p")
hr = Tag("hr")
pre = Tag("pre")
blockquote = Tag("blockquote")
ol = Tag("ol")
ul = Tag("ul")
menu = Tag("menu")
li = Tag("li")
dl = Tag("dl")
dt = Tag("dt")
dd = Tag("dd")
figure = Tag("figure")
figcaption = Tag("figcaption")
main = Tag("main")
search = Tag("search")
div = Tag("div")

# 4.5 Text-level semantics
a = Tag("a")
em = Tag("em")
strong = Tag("strong")
small = Tag("small")
s = Tag("s")
cite = Tag("cite")
q = Tag("q")
dfn = Tag("dfn")
abbr = Tag("abbr")
ruby = Tag("ruby")
rt = Tag("rt")
rp = Tag("rp")
data = Tag("data")
time = Tag("time")
code = Tag("code")
var = Tag("var")
samp = Tag("samp")
kbd = Tag("kbd")
sub = Tag("sub")
sup = Tag("sup")
i = Tag("i")
b = Tag("b")
u = Tag("u")
mark = Tag("mark")
bdi = Tag("bdi")
bdo = Tag("bdo")
span = Tag("span")
br = Tag("br")
wbr = Tag("wbr")

# 4.7 Edits
ins = Tag("ins")
del_ = Tag("del")

# 4.8 Embedded content
picture = Tag("picture")
source = Tag("source")
img = Tag("img")
iframe = Tag("iframe")
embed = Tag("embed")
object = Tag("object")
video = Tag("video")
audio = Tag("audio")
track = Tag("track")
map = Tag("map")
area = Tag("area")

# 4.9 Tabular data
table = Tag("table")
caption = Tag("caption")
colgroup = Tag("colgroup")
col = Tag("col")
tbody = Tag("tbody")
thead = Tag("thead")
tfoot = Tag("tfoot")
tr = Tag("tr")
td = Tag("td")
th = Tag("th")

# 4.10 Forms
form = Tag("form")
label = Tag("label")
input = Tag("input")
button = Tag("button")
select = Tag("select")
datalist = Tag("datalist")
optgroup = Tag("optgroup")
option = Tag("option")
textarea = Tag("textarea")
output = Tag("output")
progress = Tag("progress")
meter = Tag("meter")
fieldset = Tag("fieldset")
legend = Tag("legend")
selectedcontent = Tag("selectedcontent")

# 4.11 Interactive elements
details = Tag("details")
summary = Tag("summary")
dialog = Tag("dialog")

# 4.12 Scripting
script = Tag("script")
noscript = Tag("noscript")
template = Tag("template")
slot = Tag("slot")
canvas = Tag("canvas")

# 4.8 Embedded content that opens another namespace; both catalogs have it too
svg = Tag("svg", "svg")
math = Tag("math", "mathml")

if not TYPE_CHECKING:  # type checkers go on reporting unknown names

    def __getattr__(name: str) -> NoReturn:
        raise unknown_element(name, "html")
