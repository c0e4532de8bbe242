"""The state of open pages: one object for each page, until some minutes after it was closed."""

from __future__ import annotations

from fatmorph.pages._messages import PageMessage
from fatmorph.pages._page import Page
from fatmorph.pages._pages import Pages

__all__ = ("Page", "PageMessage", "Pages")
