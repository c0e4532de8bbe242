"""A chat: messages that arrive while the user is writing one."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

MESSAGES = [(1, "Ada", "Hello"), (2, "Grace", "Hi, Ada"), (3, "Ada", "How is the compiler?")]


def message_view(number: int, author: str, text: str, reactions: str = "👍🎉") -> Element:
    return h.li(
        {"id": dom_id("message", number), "class": "message"},
        h.strong(author),
        " ",
        h.time("12:00", datetime="12:00"),
        h.p(text),
        h.menu(
            h.li(
                {"id": dom_id("reaction", number, reaction)},
                h.button(data.on("click", at.post(f"/react/{number}/{reaction}")), reaction),
            )
            for reaction in reactions
        ),
    )


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("(3) Chat"), datastar_script()),
        h.body(
            data.signals({"draft": ""}, if_missing=True),
            data.init(at.subscribe("/chat/stream")),
            h.h1("Chat"),
            h.p("Here: ", [h.span({"class": "who"}, name, " ") for name in ("Ada", "Grace")]),
            h.ol(
                {"id": "messages", "style": {"overflow-y": "auto"}, "aria-live": "polite"},
                [message_view(*message) for message in MESSAGES],
            ),
            h.form(
                data.on("submit", at.post("/chat")),
                h.textarea(data.bind("draft"), name="draft", aria_label="Message"),
                h.button("Send"),
            ),
        ),
    )


def broken() -> Element:
    """Return messages without ids, in a list that scrolls next to another one."""
    scroller = {"style": "overflow: auto"}
    return h.main(
        h.ol(scroller, [h.li(text) for _, _, text in MESSAGES]),
        h.ol(scroller, h.li("Ada")),
    )


FOUND = ["state-without-id", "generated-without-id", "state-without-id"]
