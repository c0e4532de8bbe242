"""Servers: the peculiarities of each, in one module per server.

Nothing here imports a server. The objects of servers are not ours, so an unexpected one counts as
a server without the peculiarity. Frameworks with a server of their own, such as Sanic and aiohttp,
are known to their adapters alone.
"""
