"""Expressions that move cards: the browser says to which column, and before which card."""

from board.state import BoardSignals as S
from fatmorph import at
from fatmorph.markup.escape import JSExpression

MOVE = at.post(
    JSExpression("`/cards/${card}/move?column=${column.id}&before=${before?.dataset.card ?? ''}`")
)
DRAG_START = f"""
const card = evt.target.closest?.('[data-card]');
card && ({S.dragged} = Number(card.dataset.card), evt.dataTransfer.setData('text/plain', card.id))
"""
DRAG_OVER = f"""
{S.over} = {S.dragged} && (evt.target.closest('[data-column]')?.id ?? '');
{S.over} && evt.preventDefault()
"""
DROP = f"""
const card = {S.dragged}, before = evt.target.closest('[data-card]');
const column = evt.target.closest('[data-column]');
card && column && (evt.preventDefault(), {MOVE})
"""
DRAG_END = f"{S.dragged} = 0; {S.over} = ''"
KEYDOWN = f"""
const item = evt.target.closest('[data-grip]')?.closest('[data-card]');
const card = item?.dataset.card, here = item?.closest('[data-column]');
const above = item?.previousElementSibling, below = item?.nextElementSibling;
const before = {{ArrowUp: above, ArrowDown: below?.nextElementSibling}}[evt.key];
const column = {{
    ArrowLeft: here?.previousElementSibling,
    ArrowRight: here?.nextElementSibling,
    ArrowUp: above && here,
    ArrowDown: below && here,
}}[evt.key];
column && (evt.preventDefault(), {MOVE})
"""
