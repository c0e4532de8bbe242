"""Whole programs, tested as a user of the library tests them."""

from example_programs import example_module
from fatmorph.testing import open_page
from todo_program import Todo


async def test_hello_counts_in_all_pages() -> None:
    async with open_page(hello := example_module("hello").app) as ada, open_page(hello) as bob:
        await ada.click(ada.get_by_role("button", name="add one"))
        await ada.settled()

        assert (ada.get_by_id("count").text, bob.get_by_id("count").text) == ("1", "1")
        assert bob.title == "1 · Hello"
        assert ada.lost == bob.lost == ()


async def test_tiles_are_painted_together() -> None:
    tiles = example_module("tiles")
    async with open_page(tiles.app) as ada:
        async with open_page(tiles.app) as bob:
            await ada.click(ada.get_by_role("button", name="Tile 7", exact=True))
            await bob.settled()

            (tile,) = bob.get_by_css(".tile.painted")
            color = tiles.color_of(ada.signals["user_id"])
            assert tile.attributes["style"] == f"background-color:{color}"
            assert ada.title == "Tiles · 2 painting"
            assert ada.get_by_css(".you").text == "you"

        await ada.settled()
        assert ada.title == "Tiles · 1 painting"
        assert ada.get_by_css(".tile.painted").name == "Tile 7"
        assert (ada.lost, ada.skipped, ada.console) == ((), (), ())

    assert tiles.painters == []


async def test_chat_keeps_the_draft_of_another_user() -> None:
    async with open_page(chat := example_module("chat").app) as ada, open_page(chat) as bob:
        await bob.type(bob.get_by_label("Your message"), "not yet s")
        await ada.type(ada.get_by_label("Your name"), "Ada")
        await ada.type(ada.get_by_label("Your message"), "Hello <b>")
        await ada.press("Enter")
        await ada.advance(0.1)  # the room is drawn 30 times per second at the most

        assert bob.get_by_role("listitem").text == "AdaHello <b>"
        assert ada.get_by_label("Your message").value == ""
        assert bob.get_by_label("Your message").value == "not yet s"
        assert bob.get_by_label("Your message").is_focused
        assert ada.lost == bob.lost == ()

        await bob.click(bob.get_by_role("link", name="attic"))
        assert (bob.url, len(bob.get_by_role("listitem"))) == ("http://localhost/rooms/attic", 0)


async def test_a_row_of_a_to_do_list_is_edited_in_place() -> None:
    todo = Todo({1: "eggs", 2: "milk"})
    app = todo.handlers
    async with open_page(app) as ada, open_page(app) as bob:
        await ada.click(ada.get_by_role("button", name="Edit eggs"))
        await ada.settled()
        field = ada.get_by_label("New text")
        assert field.value == "eggs"
        await ada.type(field, ", six")
        await bob.type(bob.get_by_label("What to do"), "bread")
        await bob.press("Enter")
        await bob.settled()

        assert field.value == "eggs, six"
        assert field.is_focused
        await ada.press("Enter")
        await ada.settled()

        assert [row.get_by_css("span").text for row in bob.get_by_role("listitem")] == [
            "bread",
            "milk",
            "eggs, six",
        ]
        assert ada.get_by_role("heading").text == "3 to do"
        assert not ada.get_by_label("New text")
        assert ada.lost == bob.lost == ()
