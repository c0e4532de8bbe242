"""Datastar's morph on trees of nodes: no HTML is parsed here, and nothing optional is imported.

`checks` asks it what a change of page moves; `simulation` adds targets, modes and scripts.
"""
