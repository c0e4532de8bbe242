"""Datastar's morph on trees of nodes, without a parser and without optional dependencies.

`checks` uses it to find the elements that a change moves; `simulation` adds targets, modes and
scripts.
"""
