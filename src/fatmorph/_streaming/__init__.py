"""Streams: from the events that a handler writes to the bytes that a transport sends.

Everything here runs in one event loop, and depends on neither elements nor frameworks.
"""
