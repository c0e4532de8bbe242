"""The one event id that is reserved: it says that a page has unsubscribed.

It is the same in every process, so that it outlives a restart. A client that invents it hurts only
itself: its request gets a 204.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
"""

__all__ = ("UNSUBSCRIBED_ID",)

UNSUBSCRIBED_ID = "fatmorph:unsubscribed"
