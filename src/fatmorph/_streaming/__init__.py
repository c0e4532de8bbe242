"""From an event that a handler wrote to the bytes that a transport takes.

Everything here runs in one event loop and knows neither elements nor frameworks.
"""
