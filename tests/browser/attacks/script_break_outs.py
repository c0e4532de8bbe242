r"""Break-outs of code: of JavaScript's strings, Datastar's rewriting, CSS, and an event's lines."""

from browser.attacks.break_outs import IMAGE, RUN, BreakOut, as_break_outs

__all__ = ("script_break_outs",)

FOREIGN = "<svg><script>x = 'RAW'</script></svg>"
IN_SCRIPTS = tuple(f"<script>x = {mark}RAW{mark}</script>" for mark in "'\"`")
# Expressions whose own code misleads the client's patterns.
IN_EXPRESSIONS = tuple(
    f'<p data-text="{code}">x</p>'
    for code in (
        "'VALUE'",
        "&quot;VALUE&quot;",
        "`VALUE`",
        "1 / 2 + 'VALUE'",
        "'x'.replace(/'/g, '') + 'VALUE'",
        "/* don't */ 'VALUE'",
    )
)
COMMENTS = (f"*/{RUN}/*", f"*/;{RUN};/*")
REFERENCES = tuple(
    f"{mark}-({RUN})-{mark}" for mark in ("&#39;", "&apos;", "&#x27;", "&#0000039;", "&#39")
)
DOUBLE_QUOTES_AS_REFERENCES = (f"&quot;-({RUN})-&quot;", f"&#34;;{RUN};&#34;")
CODE = (RUN, f"{{{RUN}}}", f"/*x*/{RUN}", f"javascript:{RUN}", f"(()=>{{{RUN}}})()")
# The client rewrites these in an expression, or splits the expression there.
REWRITTEN = (
    "$x",
    "@get(",
    f"$x'-({RUN})-'",
    "$in",
    "$a.b-c",
    f"${{x}}'-({RUN})-'$x",
    "\\$x",
    f"@post('x');{RUN}",
    f"@x(\\'+({RUN})+\\')",
    f"\U0001f595JS_',{RUN},'_DS\U0001f680",
    f"__action('x',evt,'{RUN}')",
)
SPLIT = (
    "x/;y",
    f"/;{RUN};/",
    f'";{RUN};"',
    f"`;{RUN};`",
    f"//x;{RUN}",
    f"/*;{RUN};*/",
    "don't",
    '"',
    "`",
    "\\",
    "'",
    "'$x'",
)
SLEEPING_EXPRESSIONS = (
    f"\U0001f595JS_{RUN}_DS\U0001f680",
    "__escaped0",
    f"x;{RUN}",
    f";{RUN};",
    f"(function(){{;{RUN};}})()",
    f"(() => {{ {RUN} }})()",
    f"return {RUN};",
    f"\\/;{RUN};\\/",
    *("/", "(", ")", "{", "}", "</"),
)
STYLES = (
    f"}}</style>{IMAGE}",
    f"*/</style>{IMAGE}",
    f"\"'</style>{IMAGE}",
    f"\\3c/style></style>{IMAGE}",
)
SLEEPING_STYLES = (
    f"expression({RUN})",
    f"url(javascript:{RUN})",
    f"red;background:url('javascript:{RUN}')",
    f"red;-moz-binding:url(data:text/xml,{RUN})",
    f"red;behavior:url(#{RUN})",
    f"red}}*{{x:expression({RUN})}}",
    f"@import 'javascript:{RUN}';",
    f"x:\\65xpression({RUN})",
    f"url(data:image/svg+xml,<svg onload={RUN}>)",
    f'url("x") ; x: url(javascript:{RUN}',
    f"image-set('javascript:{RUN}' 1x)",
    f"paint({RUN})",
    f"var(--x,url(javascript:{RUN}))",
)
TEMPLATE_LANGUAGES = (
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"<%= {RUN} %>",
    f"#{{{RUN}}}",
    f"{{% {RUN} %}}",
    f"[[{RUN}]]",
    f"@{{{RUN}}}",
    "{x.__class__}%s%(x)s{0}",
)
LINE_ENDS = ("\n", "\r\n", "\r")
SCRIPT_LINE_ENDS = ("\u2028", "\u2029")
NOT_LINE_ENDS = ("\u2028", "\x85", "\x0b", "\x0c", "\x1e", "\\n")


def script_break_outs() -> list[BreakOut]:
    """Return them all."""
    double_quoted = FOREIGN.replace("'", '"')
    return [
        *_strings(),
        *as_break_outs("literal", FOREIGN, REFERENCES, core=1),
        *as_break_outs("literal", double_quoted, DOUBLE_QUOTES_AS_REFERENCES),
        *as_break_outs("code", '<b onclick="VALUE">x</b>', CODE, core=1),
        *as_break_outs("expression", IN_EXPRESSIONS, REWRITTEN, core=1),
        *as_break_outs("expression", IN_EXPRESSIONS, SPLIT, core=1),
        *as_break_outs("expression", (), SLEEPING_EXPRESSIONS),
        *as_break_outs("style", "<style>{x:RAW</style>", STYLES, core=1),
        *as_break_outs("style", (), SLEEPING_STYLES),
        *as_break_outs("template", (), TEMPLATE_LANGUAGES),
        *_lines(),
    ]


def _strings() -> list[BreakOut]:
    found: list[BreakOut] = []
    for mark, control in zip("'\"`", IN_SCRIPTS, strict=True):
        texts = (
            f"{mark}-({RUN})-{mark}",
            f"{mark};{RUN};{mark}",
            f"{mark}+({RUN})//",
            f"{mark},{RUN},{mark}",
            f"\\\\{mark}-({RUN})-{mark}",
        )
        found += as_break_outs("literal", control, texts, core=1)
        # As if quotes were escaped and backslashes not.
        backslashed = control.replace("RAW", "\\RAW")
        found += as_break_outs("literal", backslashed, [f"\\{mark}-({RUN})//"])
    objects = (f"'}});{RUN};({{x:'", f"']);{RUN};(['")
    templates = (f"${{{RUN}}}", f"${{`${{{RUN}}}`}}")
    return [
        *found,
        *as_break_outs("literal", "<script>({x: 'RAW'})</script>", objects[:1]),
        *as_break_outs("literal", "<script>(['RAW'])</script>", objects[1:]),
        *as_break_outs("literal", IN_SCRIPTS[2], templates, core=1),
        *as_break_outs("literal", "<script>/* RAW */</script>", COMMENTS),
        *as_break_outs(
            "literal", "<script>// RAW</script>", [f"x{end}{RUN}//" for end in LINE_ENDS]
        ),
        *as_break_outs(
            "literal", "<script>// RAW\n</script>", [f"x{end}{RUN}//" for end in SCRIPT_LINE_ENDS]
        ),
    ]


def _lines() -> list[BreakOut]:
    stream = "STREAM"  # an event whose writer knows nothing of lines
    events = [
        f"x{end}{end}event: datastar-patch-elements{end}data: selector body{end}"
        f"data: mode append{end}data: elements {IMAGE}{end}{end}"
        for end in (*LINE_ENDS, *NOT_LINE_ENDS)
    ]
    signals = f"x\n\nevent: datastar-patch-signals\ndata: signals {{a: {RUN}}}\n\n"
    line = f"x\nelements {IMAGE}\ndata: elements {IMAGE}"
    return [
        *as_break_outs("event", stream, events[: len(LINE_ENDS)], core=2),
        *as_break_outs("event", (), events[len(LINE_ENDS) :]),
        *as_break_outs("event", stream, [signals, line]),
    ]
