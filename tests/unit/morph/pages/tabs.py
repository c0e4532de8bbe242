"""Tabs: one of several panels, selected in the browser."""

from fatmorph import Element, data, datastar_script, dom_id, h

TABS = {"profile": "Profile", "billing": "Billing", "team": "Team"}


def tab_view(name: str, label: str) -> Element:
    return h.button(
        {"id": dom_id("tab", name), "role": "tab", "aria-controls": dom_id("panel", name)},
        data.on("click", f"$tab = '{name}'"),
        data.attr({"aria-selected": f"$tab == '{name}'"}),
        label,
    )


def panel_view(name: str, content: Element) -> Element:
    return h.section(
        {"id": dom_id("panel", name), "role": "tabpanel", "aria-labelledby": dom_id("tab", name)},
        data.show(f"$tab == '{name}'"),
        content,
    )


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Account"), datastar_script()),
        h.body(
            data.signals({"tab": "profile"}),
            h.h1("Account"),
            h.div({"role": "tablist"}, [tab_view(*tab) for tab in TABS.items()]),
            panel_view("profile", h.label("Name", h.input(name="name"))),
            panel_view("billing", h.p("Nothing to pay.")),
            panel_view("team", h.ul(h.li("Ada"), h.li("Grace"))),
        ),
    )


def broken() -> Element:
    """Return two panels with the same id, and buttons that would take each other's focus."""
    return h.body(
        h.div([h.button(data.on("click", f"$tab = '{tab}'"), tab) for tab in TABS]),
        h.section({"id": "panel"}, "Profile"),
        h.section({"id": "panel"}, "Billing"),
    )


FOUND = ["duplicate-id", "generated-without-id"]
