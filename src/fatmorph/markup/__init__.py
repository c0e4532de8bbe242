"""Elements, attributes, escaping and rendering: values in, HTML out.

Does no I/O and knows no framework.
"""
