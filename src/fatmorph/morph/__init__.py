"""Ids and morphs: what the browser keeps when a page is patched."""
