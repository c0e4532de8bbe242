"""The handlers of the board: its page, its stream, and what people do on it."""

from urllib.parse import urlencode
from uuid import uuid4

from board import database
from board.accounts import session_key, signed_in
from board.database import COLUMNS, PICTURES
from board.state import MAX_TITLE, BoardSignals, Edit, NewCard, Picture, Sending, Tab
from board.views import board_view
from fatmorph import Context, Element, Pages, Relay, Writer, in_thread
from fatmorph.errors import FormError
from fatmorph.forms import Form

SIGNATURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}

tabs = Pages(Tab, refill=("query",), owner=session_key)
people: list[str] = []  # one entry for every open page
relay = Relay[None]()


async def draw(tab: Tab) -> Element:
    cards = await in_thread(database.load_cards)  # a connection for each draw
    return board_view(cards, people, tab)


def changed() -> None:
    relay.publish("board", None)  # after the commit: other pages read what is committed


def card_of(c: Context) -> int:
    return int(c.path_params["card"])


@signed_in
async def home(c: Context, w: Writer) -> None:
    w.headers["cache-control"] = "no-store"  # the back button asks again after a logout
    w.html(await draw(Tab(query=c.query.get("q", ""))))


@signed_in
async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        people.append(c["user"])
        changed()
        board = relay.subscribe("board", latest=True)
        await w.live(lambda: draw(tab.state), board, tab.changes, max_rate=30)
        people.remove(c["user"])
        changed()


@signed_in
async def search(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        query = tab.state.query = (await c.signals(BoardSignals)).query
        w.replace_url(f"?{urlencode({'q': query})}" if query else "/")


@signed_in
async def add(c: Context, w: Writer) -> None:
    form = await c.form(NewCard)
    async with tabs.of(c) as tab:
        tab.state.new_card = form
        if form.errors:
            return
        new = form.value
        card = new.column, new.title, new.points, c["user"], new.key
        await in_thread(database.add_card, *card)
        tab.state.new_card, tab.state.key = Form(), Tab().key
        tab.state.added += 1
        tab.state.tell(f"{new.title} is added.")
    w.patch_signals({"adding": False})
    changed()


@signed_in
async def edit(c: Context, w: Writer) -> None:
    cards = await in_thread(database.load_cards)
    async with tabs.of(c) as tab:
        titles = {card.id: card.title for card in cards}
        if (card := card_of(c)) in titles:
            tab.state.edit = Edit(card, titles[card])


@signed_in
async def rename(c: Context, w: Writer) -> None:
    title = (await c.form())["title"].strip()[:MAX_TITLE]
    async with tabs.of(c) as tab:
        begun, tab.state.edit = tab.state.edit, None
        if begun is None or not title:
            return
        if await in_thread(database.rename_card, begun.card, title, since=begun.title):
            tab.state.tell(f"{title} is saved.")
        else:
            tab.state.tell(f"Another user has changed this card, so “{title}” is not saved.")
    changed()


@signed_in
async def cancel(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.edit = None


@signed_in
async def move(c: Context, w: Writer) -> None:
    column, before = c.query["column"], c.query["before"]
    if column not in COLUMNS:
        w.empty(404)
        return
    place = int(before) if before.isdecimal() else None
    await in_thread(database.move_card, card_of(c), column, place)
    async with tabs.of(c) as tab:
        tab.state.tell(f"The card is in {column.capitalize()}.")
    changed()


@signed_in
async def send_picture(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        sending = tab.state.sending = Sending(card_of(c))

    def show(received: int, total: int) -> None:
        sending.percent = 100 * received // total
        tab.changed()

    try:
        form = await c.form(Picture, on_progress=show)
        if form.is_valid:
            await keep(form, sending.card)
        sending.error = form.errors.get("picture", "")
    except FormError as error:
        sending.error = "must be smaller" if error.status == 413 else "could not be read"
        raise
    finally:
        sending.percent = None
        tab.state.sent += 1  # the next field is an empty one
        changed()


async def keep(form: Form[Picture], card: int) -> None:
    start = await form.value.picture.read(8)
    for signature, suffix in SIGNATURES.items():
        if start.startswith(signature):
            name = f"{uuid4()}{suffix}"
            await form.value.picture.save(PICTURES / name)
            await in_thread(database.set_picture, card, name)
            return
    form.errors["picture"] = "must be a PNG or a JPEG"
