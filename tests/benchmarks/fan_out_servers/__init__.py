"""The servers of fan_out.py: the same page, sent to all users whenever a cell changes.

Every program takes the library whose view it sends, the page, and a port: `stario_server.py stario
tasks 8000`. `GET /stream?user=ada` is a stream of events that patch the whole page, one at once and
one per change; `POST /change` changes it. Each program is written as users of its library would
write it. The views of the board are in views_*.py, those of the other pages in contenders/.
"""
