"""Datastar expressions: the part of JavaScript that pages of this library are made of."""
