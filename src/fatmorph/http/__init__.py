"""HTTP without a connection: the head of a response, a request's signals, its origin.

Values in, values out: nothing here knows an event loop or a framework.
"""
