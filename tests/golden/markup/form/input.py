"""A typical form."""

from fatmorph import h

options = {"r": "Red", "g": "Green & lime", "b": "Blue"}

view = h.form(
    {"action": "/save?next=/a&b=1", "method": "post"},
    h.label("Name", h.input(name="name", autocomplete=False, spellcheck=False, required=True)),
    h.label(
        "Colour",
        h.select(
            h.option(label, value=value, selected=value == "g") for value, label in options.items()
        ),
    ),
    h.fieldset(h.legend("Size"), [h.input(type="radio", name="size", value=n) for n in range(2)]),
    h.button("Save", type="submit", formaction="javascript:alert(1)"),
)
