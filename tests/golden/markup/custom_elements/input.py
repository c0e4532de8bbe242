"""Custom elements, templates and slots."""

from fatmorph import element, h

star_rating = element("Star-Rating")
emotion = element("emotion-😍")

view = h.section(
    star_rating("4 of 5", h.span("stars", slot="label"), value=4, max=5),
    emotion(h.template(h.slot(name="label"), h.p("default"))),
    h.details(h.summary("More"), h.p("x" * 90), open=True),
    h.dialog(h.p("Sure?"), h.form(h.button("Yes"), method="dialog"), id="sure", popover=True),
)
