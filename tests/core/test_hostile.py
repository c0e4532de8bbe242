"""Arguments that lie, raise, never end, or change while they are read."""

import itertools
import sys
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import MagicMock, Mock

import pytest
from markupsafe import Markup

import fatmorph
from core.liars import BareProxy, ClaimingText, LyingText, Proxy
from fatmorph import Attrs, h
from fatmorph.errors import (
    AttributeNameError,
    AttributeValueError,
    ChildError,
    FatmorphError,
    TagNameError,
)


class BrokenError(Exception):
    pass


def raising(*_):
    raise BrokenError("mine")


class RaisingHtml:
    __html__ = raising


class RaisingIterable:
    __iter__ = raising


class RaisingMidway:
    def __iter__(self):
        yield Markup("a")
        yield Markup("b")
        raise BrokenError("mine")


class RaisingText(str):
    __slots__ = ()
    __str__ = __repr__ = __eq__ = __len__ = __iter__ = __contains__ = encode = replace = raising
    __hash__ = str.__hash__


class RaisingNumber(int):
    __str__ = __repr__ = __index__ = __eq__ = __bool__ = raising
    __hash__ = int.__hash__


class RaisingRepr:
    __repr__ = __str__ = raising


class RaisingBool:
    __bool__ = raising


class RaisingMapping(Mapping):
    __iter__ = __len__ = __getitem__ = raising


class RaisingGetattr:
    def __getattr__(self, name):
        raise BrokenError(name)


class Everything:
    """An object with every attribute, which its class lacks."""

    def __getattr__(self, name):
        return lambda *_: "<script>"


def failing_items():
    yield "a"
    yield ["b"]
    raise BrokenError("mine")


@pytest.mark.parametrize(
    ("child", "place"),
    [
        (RaisingHtml(), "p(…), positional argument 2"),
        ([RaisingHtml()], "p(…), positional argument 2, item 1"),
        (["a", ["b", RaisingHtml()]], "p(…), positional argument 2, item 2, item 2"),
        (RaisingIterable(), "p(…), positional argument 2, item 1"),
        (RaisingMidway(), "p(…), positional argument 2, item 3"),
        (["a", RaisingMidway()], "p(…), positional argument 2, item 2, item 3"),
    ],
)
def test_a_users_exception_keeps_its_type_and_gets_one_note(core, child, place):
    with pytest.raises(BrokenError) as caught:
        core.Tag("p")("x", child)

    assert caught.value.args == ("mine",)
    assert caught.value.__notes__ == [f"while building {place}"]


def test_the_error_of_a_generator_names_the_item_that_failed(core):
    with pytest.raises(BrokenError) as caught:
        core.Tag("ul")(failing_items())

    assert caught.value.__notes__ == ["while building ul(…), positional argument 1, item 3"]


@pytest.mark.parametrize(
    ("attributes", "note"),
    [
        ({"class": RaisingIterable()}, "while reading the class of <p>"),
        ({"class": {"a": RaisingBool()}}, "while reading the class of <p>"),
        ({"class": RaisingMapping()}, "while reading the class of <p>"),
        ({"style": RaisingMapping()}, "while reading the attributes of <p>"),
        (RaisingMapping(), "while reading the attributes of <p>"),
    ],
)
def test_an_exception_while_attributes_are_read_gets_a_note_too(core, attributes, note):
    with pytest.raises(BrokenError) as caught:
        core.Tag("p")(attributes)

    assert caught.value.__notes__ == [note]


def test_a_generator_that_fails_while_a_class_is_read_gets_a_note_too(core):
    with pytest.raises(BrokenError) as caught:
        core.Tag("p")(class_=failing_items())

    assert caught.value.__notes__ == ["while reading the class of <p>"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_exception_that_ends_a_program_gets_no_note(core, error):
    def items():
        raise error
        yield

    with pytest.raises(error) as caught:
        core.Tag("p")(items())

    assert not hasattr(caught.value, "__notes__")


def test_subclasses_of_text_and_numbers_are_written_without_calling_their_methods(core):
    text, number = RaisingText("a<b"), RaisingNumber(7)

    element = core.Tag("p")(text, number, title=text, tabindex=number, class_=text, href=text)

    assert [type(child) for child in element.children] == [str, str]
    assert core.render(element) == (
        '<p title="a&lt;b" tabindex="7" class="a&lt;b" href="a&lt;b">a&lt;b7</p>'
    )


def test_a_subclass_of_text_can_be_a_name(core):
    element = core.Tag(RaisingText("p"))({RaisingText("id"): "a"})

    assert core.render(element) == '<p id="a"></p>'


@pytest.mark.parametrize(
    "child",
    [RaisingRepr(), RaisingGetattr(), Everything(), Mock(), SimpleNamespace(), RaisingBool()],
    ids=lambda child: type(child).__name__,
)
def test_an_object_whose_attributes_raise_is_refused_by_its_type(core, child):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(child)

    assert caught.value.what == f"cannot render {type(child).__name__} as a child of <p>"


def test_attributes_of_an_instance_are_ignored(core):
    claims = SimpleNamespace(__html__=lambda: "<script>", __iter__=lambda: iter("ab"))

    with pytest.raises(ChildError):
        core.Tag("p")(claims)


def test_a_magic_mock_is_an_empty_iterable(core):
    assert core.render(core.Tag("p")(MagicMock())) == "<p></p>"


class NotIterable:
    __iter__ = None


class OldSequence:
    def __getitem__(self, index):
        return "ab"[index]


@pytest.mark.parametrize("child", [NotIterable(), OldSequence()], ids=["None", "getitem"])
def test_an_object_that_declares_itself_not_iterable_is_refused(core, child):
    with pytest.raises(ChildError):
        core.Tag("p")(child)


@pytest.mark.parametrize("returned", [None, b"<b>", 7, ["<b>"]], ids=repr)
def test_html_that_is_not_text_is_refused(core, returned):
    class Html:
        def __html__(self):
            return returned

    with pytest.raises(ChildError) as caught:
        core.Tag("p")([Html()])

    assert str(caught.value) == (
        "cannot render Html as a child of <p>\n"
        "  where: p(…), positional argument 1, item 1\n"
        f"  why:   its __html__() returned {type(returned).__name__} instead of str\n"
        "  fix:   def __html__(self) -> str: …  (in class Html)"
    )


def test_html_that_is_a_subclass_of_text_is_kept_as_plain_trusted_text(core):
    class Html:
        def __html__(self):
            return RaisingText("<b>")

    element = core.Tag("p")(Html())

    assert type(element.children[0]) is Markup
    assert core.render(element) == "<p><b></p>"


def test_an_html_method_may_build_and_render_elements(core):
    class Widget:
        def __html__(self):
            return core.render(core.Tag("p")([core.Tag("b")("x")]))

    assert core.render(core.Tag("div")(Widget())) == "<div><p><b>x</b></p></div>"


def test_an_html_method_that_recurses_without_end_is_a_recursion_error_when_built(core):
    class Endless:
        def __html__(self):
            return core.render(core.Tag("p")(self))

    with pytest.raises(RecursionError):
        core.Tag("p")(Endless())


def test_an_iterable_that_yields_itself_is_refused(core):
    class Endless:
        def __iter__(self):
            yield self

    with pytest.raises(ChildError, match="nested more than 100 deep"):
        core.Tag("p")(Endless())


def test_generators_nested_without_end_are_refused(core):
    def endless():
        yield endless()

    with pytest.raises(ChildError, match="nested more than 100 deep"):
        core.Tag("p")(endless())


def test_a_generator_that_builds_with_itself_is_a_value_error(core):
    def items():
        yield core.Tag("b")(generator)

    generator = items()

    with pytest.raises(ValueError, match="already executing"):
        core.Tag("p")(generator)


def test_a_list_that_shrinks_while_it_is_read_gives_the_remaining_items(core):
    items = []

    class Popping:
        def __html__(self):
            items.pop()
            return "x"

    items += [Popping(), Popping(), Popping(), Popping()]

    assert core.render(core.Tag("p")(items)) == "<p>xx</p>"


def test_a_set_that_changes_while_it_is_read_raises_the_error_of_python(core):
    items = set()

    class Adding:
        def __html__(self):
            items.add(len(items))
            return ""

    items.add(Adding())

    with pytest.raises(RuntimeError, match="changed size during iteration"):
        core.Tag("p")(items)


def test_a_mapping_that_changes_while_it_is_read_is_read_as_it_was(core):
    attributes = {}

    def names():
        attributes.clear()
        attributes["onclick"] = "x"
        yield "a"

    attributes.update({"class": names(), "id": "b"})

    assert core.render(core.Tag("p")(attributes)) == '<p class="a" id="b"></p>'


def test_text_can_contain_nul_and_other_control_characters(core):
    text = "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\ufeff\uffff"

    element = core.Tag("p")(text, title=text)

    assert core.render(element) == f'<p title="{text}">{text}</p>'


async def test_a_coroutine_is_refused(core):
    async def load():
        return "x"

    coroutine = load()
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(coroutine)
    coroutine.close()

    assert caught.value.what == "cannot render coroutine as a child of <p>"
    assert caught.value.fix == "await value"


async def test_an_async_generator_is_refused(core):
    async def items():
        yield "x"

    with pytest.raises(ChildError) as caught:
        core.Tag("p")(items())

    assert caught.value.what == "cannot render async_generator as a child of <p>"
    assert caught.value.fix == "[item async for item in value]"


def test_many_names_do_not_fill_the_memory(core):
    from fatmorph.markup._attributes import MAX_CACHED_NAMES, VERBATIM_NAMES

    for number in range(MAX_CACHED_NAMES + 10):
        core.Tag("p")(**{f"data_{number}": "x"})

    assert len(VERBATIM_NAMES) <= MAX_CACHED_NAMES


@pytest.mark.parametrize("length", [100, 128, 129, 10_000])
def test_a_name_is_the_same_with_and_without_the_cache(core, length):
    name = "data-" + "X" * (length - 5)
    expected = f'<p {name.lower()}="1"></p>'

    by_keyword = [core.render(core.Tag("p")(**{name: "1"})) for _ in range(2)]
    by_key = [core.render(core.Tag("p")({name: "1"})) for _ in range(2)]

    assert by_keyword + by_key == [expected] * 4


def test_a_long_name_is_not_cached(core):
    name = "data-" + "x" * 1000
    before = sys.getrefcount(name)

    for _ in range(2):
        core.Tag("p")({name: "1", "id": "a"})
        core.Tag("p")({"id": "a"}, **{name: "1"})

    assert sys.getrefcount(name) == before


def test_an_endless_iterable_is_read_only_until_its_first_invalid_child(core):
    numbers = itertools.count()

    with pytest.raises(ChildError):
        core.Tag("p")(number if number < 3 else object() for number in numbers)

    assert next(numbers) == 4


@pytest.mark.parametrize("proxy", [BareProxy, Proxy])
@pytest.mark.parametrize(
    "target", ["a<b", Markup("<b>"), 7, True, None, 1.5, Decimal("0.5"), LyingText("a")]
)
def test_a_proxy_of_text_or_a_number_is_its_target(core, proxy, target):
    tag = core.Tag("p")

    assert tag(proxy(target), [proxy(target)]) == tag(target, target)
    assert tag(title=proxy(target)) == tag(title=target)
    assert tag(Attrs({"data-x": proxy(target)})) == tag({"data-x": target})


@pytest.mark.parametrize("name", ["title", "class", "href", "aria-label", "nonce", "style"])
@pytest.mark.parametrize("proxy", [BareProxy, Proxy])
def test_a_proxy_of_text_is_its_text_as_a_value(core, proxy, name):
    assert core.Tag("a")({name: proxy("top:0")}) == core.Tag("a")({name: "top:0"})


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JAVA\tSCRIPT:x"])
def test_a_proxy_does_not_hide_a_url_that_runs_code(core, url):
    assert core.Tag("a")(href=Proxy(url)).attributes["href"] == f"unsafe:{url}"


def test_a_proxy_does_not_hide_a_page_in_srcdoc(core):
    with pytest.raises(AttributeValueError, match="cannot write str as the value of srcdoc"):
        core.Tag("iframe")(srcdoc=Proxy("<script>"))


@pytest.mark.parametrize(
    ("attributes", "written"),
    [
        ({"class": [Proxy("open"), Proxy(None)]}, {"class": "open"}),
        ({"style": {"color": Proxy("red"), "top": Proxy(None)}}, {"style": "color:red"}),
    ],
)
def test_a_proxy_inside_attributes_is_its_target(core, attributes, written):
    assert dict(core.Tag("p")(attributes).attributes) == written


@pytest.mark.parametrize("attributes", [{"style": {Proxy("color"): "red"}}, {Proxy("title"): "a"}])
def test_a_proxy_of_text_is_refused_as_a_name_of_an_attribute(core, attributes):
    with pytest.raises(AttributeNameError):
        core.Tag("p")(attributes)


def test_a_proxy_of_text_is_refused_as_the_name_of_an_element(core):
    with pytest.raises(TagNameError):
        core.Tag(Proxy("p"))


def test_html_that_is_a_proxy_of_text_is_refused(core):
    class Html:
        def __html__(self):
            return Proxy("<b>")

    with pytest.raises(ChildError, match=r"__html__\(\) returned Proxy instead of str"):
        core.Tag("p")(Html())


def test_a_proxy_of_a_list_gives_its_items(core):
    assert core.render(core.Tag("p")(Proxy(["a", core.Tag("b")("c")]))) == "<p>a<b>c</b></p>"


def test_a_proxy_of_a_mapping_gives_its_attributes(core):
    assert core.render(core.Tag("p")(Proxy({"id": "a"}))) == '<p id="a"></p>'


def test_a_proxy_of_a_tag_is_refused_as_any_other_object(core):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(BareProxy(core.Tag("b")))

    assert caught.value.what == "cannot render BareProxy as a child of <p>"
    assert caught.value.fix == "value()"


def test_text_that_claims_to_be_a_tag_is_text(core):
    text = ClaimingText("a")
    text.claim = core.Tag

    assert core.render(core.Tag("p")(text)) == "<p>a</p>"


@pytest.mark.parametrize("made", ["element", "tag"])
def test_a_bare_proxy_decides_whether_it_is_equal(core, made):
    value = {"element": core.Tag("p")("a"), "tag": core.Tag("p")}[made]

    assert (value == BareProxy(value), value == Proxy(value)) == (False, True)


def test_a_keyword_that_lies_about_its_text_is_written_as_its_real_text(core):
    core.Tag("p")(title="seen before", lang="en")

    element = core.Tag("p")(**{LyingText("title"): "a", RaisingText("lang"): "b"})

    assert core.render(element) == '<p title="a" lang="b"></p>'


@pytest.mark.parametrize("take", [fatmorph.render, fatmorph.static, fatmorph.pretty])
@pytest.mark.parametrize("proxy", [BareProxy, Proxy])
def test_a_proxy_of_an_element_is_a_view(take, proxy):
    assert take(proxy(h.p("a"))) == take(h.p("a"))


@pytest.mark.parametrize("take", [fatmorph.render, fatmorph.static, fatmorph.render_bytes])
@pytest.mark.parametrize("target", ["<p>", 7, None, ["a"]])
def test_a_proxy_of_anything_else_is_not_a_view(take, target):
    with pytest.raises(FatmorphError):
        take(Proxy(target))
