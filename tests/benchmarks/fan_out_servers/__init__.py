"""The servers of fan_out.py: the same page, sent to all users whenever a cell changes.

Every program takes a port. `GET /stream?user=ada` is a stream of events that patch the whole page,
one at once and one per change; `POST /change` changes a cell. Each program is written as users of
its library would write it.
"""
