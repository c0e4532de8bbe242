"""HTML, written as Python with fatmorph."""
