"""The handlers: each answers one kind of request."""

from dataclasses import dataclass

from fatmorph import Context, Relay, Writer

from views import home_view


@dataclass
class Counter:
    """The state that all pages show. It lives in memory: a restart counts from zero."""

    count: int = 0


counter = Counter()
relay = Relay[int]()


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(counter.count))


async def subscribe(c: Context, w: Writer) -> None:
    # The whole page, on connect and after every change.
    await w.live(lambda: home_view(counter.count), relay.subscribe("count", latest=True))


async def add(c: Context, w: Writer) -> None:
    counter.count += 1
    relay.publish("count", counter.count)
