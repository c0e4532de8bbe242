"""The drawer that shows, in development, what a page's stream has sent.

It is a custom element in a shadow tree of `<body>`, beside a slot for everything else in the page.
So no morph sees it, it keeps its focus, and neither style sheets of the page nor its queries reach
it. A `data-init` expression defines it, and its styles are a constructed style sheet, so no
Content-Security-Policy forbids it.

Figures arrive as an event of their own, which the client passes on and otherwise ignores.

Source: https://dom.spec.whatwg.org/#dom-element-attachshadow (which elements may have one)
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from fatmorph.datastar._page_script import hidden_script
from fatmorph.datastar.events._elements import patch_elements

__all__ = ("MAX_ROWS", "drawer_event", "figures_event")

EVENT = "datastar-fatmorph-drawer"
MAX_ROWS = 12
MAX_SIGNAL_CHARACTERS = 20_000

# light-dark() follows the person's preference: https://drafts.csswg.org/css-color-5/#light-dark
STYLE = """\
:host { all: initial; color-scheme: light dark; position: fixed; z-index: 2147483647;
inset: auto 0 0 0; display: flex; flex-direction: column; align-items: end; pointer-events: none;
font: 14px/1.4 system-ui, sans-serif; color: light-dark(#1f1f1f, #e8e8e8) }
* { box-sizing: border-box }
button { order: 1; margin: .25rem; padding: .15rem .6rem; font: inherit; cursor: pointer;
pointer-events: auto; border: 1px solid light-dark(#767680, #8e8e96); border-radius: .3rem;
color: inherit; background: light-dark(#fff, #1c1c1f) }
[role=region] { order: 2; width: 100%; max-height: 50vh; overflow: auto; padding: 0 1rem 1rem;
pointer-events: auto; border-top: .2rem solid light-dark(#1a5fb4, #78aeed);
background: light-dark(#fff, #1c1c1f) }
[hidden] { display: none }
:focus-visible { outline: .2rem solid light-dark(#1a5fb4, #78aeed); outline-offset: -.2rem }
h2 { margin: .8rem 0 .2rem; font-size: 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .1rem 1.2rem .1rem 0; text-align: start; font-weight: normal }
th { color: light-dark(#5e5e66, #a9a9b3) }
th:nth-child(n+3), td:nth-child(n+3) { text-align: end }
ul { margin: 0; padding: 0 0 0 1.2rem }
li, pre { white-space: pre-wrap; overflow-wrap: anywhere }
pre, li { margin: 0; font: 13px/1.5 ui-monospace, monospace }
p { margin: 0; color: light-dark(#5e5e66, #a9a9b3) }"""

# Datastar replaces `$name` and `@name(` in an expression, so neither is in this script.
SCRIPT = """\
(() => {
el.remove();
const page = document.documentElement;
if (page.hasFatmorphDrawer) return;
page.hasFatmorphDrawer = true;
const signals = $, encoder = new TextEncoder();
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
const make = (name, properties, ...children) => {
const made = Object.assign(document.createElement(name), properties);
made.append(...children);
return made;
};
const count = number => number == null ? '—' : Math.round(number).toLocaleString('en');
const table = (names, rows) => make('table', {},
make('thead', {}, make('tr', {}, ...names.map(name => make('th', {scope: 'col'}, name)))),
make('tbody', {}, ...rows.map(cells => make('tr', {},
...cells.map(cell => make('td', {}, cell))))));
const list = (texts, none) => texts.length
? make('ul', {}, ...texts.map(text => make('li', {}, text))) : make('p', {}, none);
class FatmorphDrawer extends HTMLElement {
constructor() {
super();
this.rows = [];
this.news = {findings: [], lost: [], streams: []};
this.names = ['Patches', 'Findings', 'Lost by the last patch', 'Open streams', 'Signals'];
this.parts = this.names.map(() => make('div', {}));
this.panel = make('div', {id: 'panel', hidden: true, tabIndex: 0, role: 'region',
ariaLabel: 'fatmorph: what the stream has sent'},
...this.names.flatMap((name, index) => [make('h2', {}, name), this.parts[index]]));
this.toggle = make('button', {type: 'button', ariaExpanded: 'false'}, 'fatmorph');
this.toggle.setAttribute('aria-controls', 'panel');
this.toggle.onclick = () => this.open(this.panel.hidden);
const shadow = this.attachShadow({mode: 'open'});
shadow.adoptedStyleSheets = [sheet];
shadow.append(this.toggle, this.panel);
shadow.addEventListener('keydown', event => {
event.stopPropagation();
if (event.key == 'Escape') { this.open(false); this.toggle.focus(); }
});
shadow.addEventListener('click', event => event.stopPropagation());
}
open(isOpen) {
this.panel.hidden = !isOpen;
this.toggle.ariaExpanded = String(isOpen);
this.show();
}
add(rows) {
this.rows = [...rows.reverse(), ...this.rows].slice(0, MAX_ROWS);
this.show();
}
show() {
if (this.panel.hidden) return;
const [patches, findings, lost, streams] = this.parts;
patches.replaceChildren(table(['by', 'kind', 'bytes', 'sent', 'ms to draw'], this.rows.map(row => [
row.by, row.kind, count(row.bytes), count(row.sent), row.ms == null ? '—' : row.ms.toFixed(1)])));
findings.replaceChildren(list(this.news.findings, 'none'));
lost.replaceChildren(list(this.news.lost, 'nothing'));
streams.replaceChildren(table(['page', 'last error', 'seconds', 'events', 'bytes', 'sent'],
this.news.streams.map(stream => [stream.page, stream.last_error || '—', count(stream.seconds),
count(stream.events), count(stream.bytes_written), count(stream.bytes_sent)])));
this.showSignals();
}
showSignals() {
if (this.panel.hidden) return;
const text = JSON.stringify(signals, null, 2);
const isLong = text.length > MAX_SIGNAL_CHARACTERS;
this.parts[4].replaceChildren(make('pre', {},
isLong ? text.slice(0, MAX_SIGNAL_CHARACTERS) + '…' : text));
}
}
customElements.define('fatmorph-drawer', FatmorphDrawer);
const drawer = document.createElement('fatmorph-drawer');
const mount = () => {
if (drawer.isConnected) return;
const body = document.body;
const shadow = body.shadowRoot ?? body.attachShadow({mode: 'open'});
if (!shadow.querySelector('slot')) shadow.append(document.createElement('slot'));
shadow.append(drawer);
};
mount();
let stream = null, timer = 0;
document.addEventListener('datastar-fetch', ({detail: {type, el: source, argsRaw}}) => {
mount();
if (type == EVENT) {
stream = source;
drawer.news = JSON.parse(argsRaw.figures);
drawer.add(drawer.news.patches);
} else if (type.startsWith('datastar-patch-') && stream && source != stream) {
const text = argsRaw.elements ?? argsRaw.signals ?? '';
const kind = text.includes('</html>') ? 'page' : type.slice('datastar-patch-'.length);
drawer.add([{by: 'action', kind, bytes: encoder.encode(text).length}]);
}
});
document.addEventListener('datastar-signal-patch', () => {
timer ||= setTimeout(() => { timer = 0; drawer.showSignals(); }, 250);
});
})()"""


def drawer_event() -> bytes:
    """Return the event that puts a closed drawer into the page, unless it has one."""
    script = hidden_script(
        SCRIPT,
        STYLE=STYLE,
        EVENT=EVENT,
        MAX_ROWS=MAX_ROWS,
        MAX_SIGNAL_CHARACTERS=MAX_SIGNAL_CHARACTERS,
    )
    return patch_elements(script, selector="body", mode="append")


def figures_event(figures: Mapping[str, object]) -> bytes:
    """Return the event that shows figures in the drawer.

    Args:
        figures: `patches`, which are added, the oldest first; `findings`, `lost` and `streams`,
            which replace the last ones.
    """
    return f"event: {EVENT}\ndata: figures {json.dumps(figures)}\n\n".encode()
