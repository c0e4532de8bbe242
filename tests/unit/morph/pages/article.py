"""An article: text, pictures, code, a video, footnotes, a feed of comments."""

from fatmorph import Element, data, datastar_script, dom_id, h, static

PARAGRAPHS = ["A morph keeps what is the same.", "Ids say what that is.", "The rest is text."]
TAGS = ["html", "morph", "ids"]
SITE = static(h.header(h.nav(h.ul(h.li(h.a(t, href=f"/{t}")) for t in ("news", "about")))))


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            [h.meta(property=f"og:{name}", content=name) for name in ("title", "type")],
            h.title("What a morph keeps"),
            h.link(rel="stylesheet", href="/a.css"),
            h.link(rel="stylesheet", href="/b.css"),
            datastar_script(),
        ),
        h.body(
            SITE,
            h.main(
                h.article(
                    h.h1("What a morph keeps"),
                    h.p({"class": "tags"}, [h.a(f"#{tag} ", href=f"/tag/{tag}") for tag in TAGS]),
                    [h.p(text) for text in PARAGRAPHS],
                    h.figure(h.video(src="/morph.mp4", controls=True), h.figcaption("A morph")),
                    h.pre(h.code("check(page)\n")),
                    h.blockquote(h.p("Keep it."), h.cite("Somebody")),
                    [h.h2(title) for title in ("Notes", "Sources")],
                ),
                h.section(
                    {"id": "comments"},
                    [
                        h.article({"id": dom_id("comment", n)}, h.p(text), h.small("today"))
                        for n, text in enumerate(("Nice", "Thanks"))
                    ],
                    h.form(h.textarea(data.bind("comment"), name="comment"), h.button("Send")),
                ),
            ),
            h.footer(h.p("Made by hand")),
        ),
    )


def broken() -> Element:
    """Return an article with a <noscript>, whose content would become elements in a patch."""
    return h.article(h.noscript(h.img(src="/counter.gif", alt="")), h.p("Text"), id="article")


FOUND = ["noscript"]
