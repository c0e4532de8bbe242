"""Elements, attributes, escaping and rendering: values in, HTML out.

No module here does I/O or imports a framework.
"""
