"""The patch that an event of a stream asks for, as `simulate()` takes it."""

from fatmorph import Markup
from fatmorph.morph import Patch
from fatmorph.testing import Event

__all__ = ("patch_of",)


def patch_of(event: Event) -> Patch:
    """Return the patch of an event that patches elements; the simulation refuses unknown modes."""
    return Patch(
        Markup(event.elements),
        event.field("selector"),
        event.field("mode") or "outer",  # type: ignore[arg-type]  # one of the modes
        event.field("namespace") or "html",  # type: ignore[arg-type]  # one of the namespaces
    )
