"""A page that is too large for any buffer, on connections that time out after a second.

It can be run as a server: `python unread_app.py PORT WORKERS`.
"""

import sys
from contextlib import suppress

from fatmorph import Context, Writer, serve
from fatmorph._servers import uvicorn
from fatmorph.adapters.asgi import application
from fatmorph.settings import Settings

uvicorn.MAX_UNTAKEN_SECONDS = 1  # set on import, so that workers get it, too


async def page(c: Context, w: Writer) -> None:
    w.text("page " * 2_000_000)


app = application(page, settings=Settings(max_stalled_seconds=0.3, compression=()))

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve(app, port=int(sys.argv[1]), workers=int(sys.argv[2]), access_log=False)
