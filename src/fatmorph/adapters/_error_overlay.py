"""The overlay that shows, in development, why a handler failed.

It is an ordinary patch: an element at the end of the body, which the next whole page removes. Its
`data-init` expression opens it as a popover, above everything in the page, without the focus. The
styles are a constructed style sheet, which no Content-Security-Policy forbids, so the element needs
neither a script, nor a style, nor a nonce.

Source: https://drafts.csswg.org/cssom/#dom-documentorshadowroot-adoptedstylesheets
"""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from fatmorph.adapters._handler_end import REQUEST_NOTE
from fatmorph.datastar._page_script import page_script
from fatmorph.datastar.events._elements import patch_elements
from fatmorph.errors import FatmorphError, one_line
from fatmorph.markup._element import Element, Tag
from fatmorph.morph._development import editor_url

__all__ = ("error_overlay", "overlay_event")

OVERLAY_ID = "fatmorph-error"
STREAM_BEGINS = "datastar-open"
LINES_AROUND = 2
# A recursion has a thousand frames, and a message may hold a whole page.
MAX_FRAMES = 8
MAX_CHARACTERS = 20_000

_A, _ASIDE, _BUTTON, _CODE = Tag("a"), Tag("aside"), Tag("button"), Tag("code")
_DETAILS = Tag("details")
_FIGCAPTION, _FIGURE, _H2, _MARK = Tag("figcaption"), Tag("figure"), Tag("h2"), Tag("mark")
_P, _PRE, _SUMMARY = Tag("p"), Tag("pre"), Tag("summary")

# light-dark() follows the person's preference: https://drafts.csswg.org/css-color-5/#light-dark
STYLE = """\
#fatmorph-error, #fatmorph-error * { all: revert; box-sizing: border-box }
#fatmorph-error:popover-open { color-scheme: light dark; position: fixed; inset: auto 0 0 0;
width: auto; max-height: 85vh; overflow: auto; margin: 0; padding: 1rem 1.5rem; border: 0;
border-top: .3rem solid #c5221f; font: 16px/1.4 system-ui, sans-serif; text-align: start;
color: light-dark(#1f1f1f, #e8e8e8); background: light-dark(#fff, #1c1c1f);
box-shadow: 0 0 2rem #0008 }
#fatmorph-error h2 { margin: 0 4rem .5rem 0; font-size: 1.2rem; white-space: pre-wrap;
overflow-wrap: anywhere; color: light-dark(#b3261e, #ff8a80) }
#fatmorph-error p { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
#fatmorph-error figure { margin: .8rem 0 0 }
#fatmorph-error figcaption, #fatmorph-error code, #fatmorph-error pre {
font: 14px/1.5 ui-monospace, monospace }
#fatmorph-error pre { margin: .2rem 0; padding: .5rem .8rem; overflow: auto; border-radius: .3rem;
background: light-dark(#f3f3f5, #2a2a2f) }
#fatmorph-error mark { color: inherit; background: light-dark(#ffd9d6, #5c2320) }
#fatmorph-error summary { margin-top: .8rem; cursor: pointer }
#fatmorph-error button { position: absolute; top: 1rem; right: 1.5rem }"""

# An overlay is removed by the next patch of a request that began after it: a subscription, if the
# error ended one, or else any action. A whole page has removed it by then. As long as the
# subscription has not begun again, a later error of an action stays too: the page is out of date.
SCRIPT = """\
(() => {
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
sheet.isFatmorphError = true;
const others = [...document.adoptedStyleSheets].filter(other => !other.isFatmorphError);
document.adoptedStyleSheets = [...others, sheet];
const boxes = [...document.querySelectorAll('[id=fatmorph-error]')].filter(box => box != el);
el.ends = boxes.some(box => box.ends == STREAM) ? STREAM : BEGIN;
boxes.forEach(box => box.remove());
el.showPopover();
let hasBegun = false;
const look = ({detail: {type, argsRaw}}) => {
if (!el.isConnected) return document.removeEventListener('datastar-fetch', look);
if (type == el.ends) hasBegun = true;
const isGood = !String(argsRaw?.elements).includes('id="fatmorph-error"');
if (hasBegun && type.startsWith('datastar-patch-') && isGood) el.remove();
};
document.addEventListener('datastar-fetch', look);
})()"""

_LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {str(Path(__file__).parents[1])}
)


def overlay_event(error: BaseException, request: str, *, is_stream: bool) -> bytes:
    """Return the event that shows an error in the page.

    Args:
        error: The exception of the handler.
        request: The request line.
        is_stream: Whether the page's subscription has failed, and not an action.
    """
    overlay = error_overlay(error, request, is_stream=is_stream)
    # The id is forgotten, so the page is sent again even if it equals the last good one.
    return patch_elements(overlay, selector="body", mode="append", event_id="")


def error_overlay(error: BaseException, request: str, *, is_stream: bool) -> Element:
    """Return the element that shows an error; arguments as for `overlay_event()`."""
    begin = STREAM_BEGINS if is_stream else "started"
    shown = _first(error)
    return _ASIDE(
        {"id": OVERLAY_ID, "popover": "manual", "role": "alert", "lang": "en", "dir": "ltr"},
        page_script(SCRIPT, STYLE=STYLE, BEGIN=begin, STREAM=STREAM_BEGINS),
        _BUTTON(
            {"type": "button", "popovertarget": OVERLAY_ID, "popovertargetaction": "hide"},
            "Close",
        ),
        _H2(_heading(shown)),
        _P("in ", _CODE(_safe(request))),
        _advice(shown),
        [_frame_view(frame) for frame in _frames(shown)],
        _DETAILS(_SUMMARY("Traceback"), _PRE(_safe(_report(error)))),
    )


def _first(error: BaseException) -> BaseException:
    """Return the first error of a task group."""
    first = error
    while isinstance(first, BaseExceptionGroup):
        first = cast("BaseExceptionGroup[BaseException]", first).exceptions[0]
    return first


def _heading(error: BaseException) -> str:
    if isinstance(error, FatmorphError):
        return _safe(f"{type(error).__name__}: {error.what}")
    try:
        lines = traceback.format_exception_only(error)
        # The note with the request stays in the traceback, for a search in the log.
        own = [line for line in lines if not line.startswith(REQUEST_NOTE)]
        return _safe("".join(own).strip())
    except Exception as problem:  # noqa: BLE001 - the error's own code, such as its notes
        return _safe(f"{type(error).__name__}: <cannot be shown: {type(problem).__name__}>")


def _report(error: BaseException) -> str:
    """Return the traceback of an error; without its message, if that cannot be had."""
    try:
        return "".join(traceback.TracebackException.from_exception(error).format())
    except Exception:  # noqa: BLE001 - the error's own code, such as its notes
        return "".join(traceback.format_tb(error.__traceback__)) + _heading(error)


def _advice(error: BaseException) -> Iterator[Element]:
    if not isinstance(error, FatmorphError):
        return
    for label, text in (("where", error.where), ("why", error.why)):
        if text:
            yield _P(f"{label}: ", _safe(text))
    if error.fix:
        yield _FIGURE(_FIGCAPTION("fix"), _PRE(_safe(error.fix)))
    for note in _notes(error):
        yield _P(_safe(one_line(note)))


def _notes(error: BaseException) -> Iterator[str]:
    """Yield the notes of an error, which need not be texts."""
    try:
        yield from map(str, getattr(error, "__notes__", ()))
    except Exception as problem:  # noqa: BLE001 - the notes' own code
        yield f"<cannot be shown: {type(problem).__name__}>"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames of the program, the innermost first; of a library if there are none."""
    # An error that reports another one may not have been raised in the program.
    causes = [error, *filter(None, (error.__cause__, error.__context__))]
    found = [traceback.extract_tb(cause.__traceback__)[::-1] for cause in causes]
    own = [[frame for frame in frames if _is_own(frame.filename)] for frames in found]
    return next(filter(None, [*own, *found]), list[traceback.FrameSummary]())[:MAX_FRAMES]


def _is_own(file: str) -> bool:
    return not file.startswith((*_LIBRARIES, "<"))


def _frame_view(frame: traceback.FrameSummary) -> Element:
    number = frame.lineno or 0
    linecache.checkcache(frame.filename)
    lines = linecache.getlines(frame.filename)
    first = max(number - LINES_AROUND, 1)
    shown = enumerate(lines[first - 1 : number + LINES_AROUND], first)
    return _FIGURE(
        _FIGCAPTION(_place_view(frame.filename, number), f" in {_safe(frame.name)}"),
        _PRE([_line_view(index, line, is_raising=index == number) for index, line in shown]),
    )


def _place_view(file: str, line: int) -> Element | str:
    place, url = f"{_safe(file)}:{line}", editor_url(file, line)
    return place if url is None else _A({"href": url}, place)


def _line_view(number: int, line: str, *, is_raising: bool) -> Element | str:
    text = _safe(f"{number:>5}  {line.rstrip()}")
    return _MARK(text + "\n") if is_raising else text + "\n"


def _safe(text: str) -> str:
    """Return text that a page can hold: an error may quote half of a character, or a whole page."""
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = f"{text[:half]}\n…\n{text[-half:]}"
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
