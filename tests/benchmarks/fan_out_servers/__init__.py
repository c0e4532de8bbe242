"""The servers of fan_out.py: the same page, sent to everybody whenever one cell changes.

Every program takes a port. `GET /stream?user=ada` is a stream of events that patch the whole page,
one at once and one per change; `POST /change` changes a cell. Each is written as the users of its
library would write it.
"""
