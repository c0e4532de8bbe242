"""`check_change()` and `simulate()` agree about each change.

The pages are those on which the simulation is compared with the real client, and those of the
simulation's own laws. Every element has the same `data-init`, so it runs again exactly where the
client inserts or moves an element.

    python -m pytest --hypothesis-profile=many --timeout=0 tests/properties/test_checks.py
"""

from collections import Counter
from dataclasses import dataclass
from random import Random

from hypothesis import assume, given, strategies as st

from browser.differential.edits import edit
from browser.differential.pages import Profile, document
from browser.differential.trees import markup
from fatmorph import comment, element, fragment, h, render, svg
from fatmorph._catalogs import mathml
from fatmorph.markup.parse import parse_document
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.checks import check, check_change
from fatmorph.morph.checks._browser_nodes import browser_document, browser_nodes
from fatmorph.morph.simulation import simulate
from properties.small_pages import built, pages

STAYS = {"html", "head", "body"}
FOREIGN = dict.fromkeys(("g", "circle", "rect", "text"), svg)
FOREIGN |= dict.fromkeys(("mrow", "mi", "mn", "mo"), mathml)


@dataclass
class Change:
    """The effects of a change on the elements that were there before."""

    runs: set  # the elements whose data-init runs again
    moves: dict  # the elements that move, and where to
    parents: set  # the ids that get another parent


def found(before, after):
    """Return the effects according to the check."""
    change = Change(set(), {}, set())
    for finding in check_change(before, after):
        name = identity(finding.path)
        if finding.code == "id-changed-parent":
            change.parents.add(name)
        if finding.code == "init-runs-again":
            change.runs.add(name)
            what, _, where = finding.what.partition(" because ")[2].partition(" moves ")
            if where and what.partition("#")[2] == name[0].removeprefix("#") and len(name) == 1:
                change.moves[name] = where
    return change


def simulated(before, after):
    """Return the effects according to the simulation."""
    result = simulate(before, after)
    assume(result.exception is None)  # duplicate ids are an error of their own
    old, new = elements(simulate(before, "").nodes), elements(simulate(after, "").nodes)
    now = {node.after: node for node in result.nodes}
    ran = {identity(run.node.path) for run in result.runs if is_init(run)}
    runs = ran & were_there(old, new)
    moves = {
        identity(node.path): "among its siblings"
        if now[parent(node.after)].before == parent(node.before)
        else "to another parent"
        for node in elements(result.moved)
        if identity(node.path) in runs
    }
    firsts, sent = first_of_each_id(old), first_of_each_id(new)
    parents = {
        name
        for name, node in first_of_each_id(elements(result.nodes)).items()
        if name in firsts
        and name in sent
        and firsts[name].name == sent[name].name
        and now[parent(node.after)].before != parent(firsts[name].after)
    }
    return Change(runs, moves, parents)


def is_init(run):
    return run.name == "data-init" and run.node.after is not None


def elements(nodes):
    return [node for node in nodes if not node.name.startswith("#")]


def parent(path):
    return path.rpartition("/")[0]


def identity(place):
    """Return the name of an element in both pages: its id, or its tags below the nearest id.

    A `<tbody>` around it does not count, because elements can omit it.
    """
    steps = place.split(" > ")
    if "#" in steps[-1]:
        return ("#" + steps[-1].partition("#")[2],)
    tags = [step.partition("[")[0].partition("#")[0] for step in steps]
    anchors = [n for n, step in enumerate(steps) if "#" in step or tags[n] in STAYS]
    anchor = anchors[-1] if anchors else 0
    step = steps[anchor].partition("#")
    first = tags[anchor] if tags[anchor] in STAYS or not step[1] else "#" + step[2]
    between = [tag for tag in tags[anchor + 1 : -1] if tag != "tbody"]
    return (first, *between, *tags[max(anchor + 1, len(tags) - 1) :])


def first_of_each_id(nodes):
    return {identity(node.path): node for node in reversed(with_id(nodes))}


def with_id(nodes):
    return [node for node in nodes if "#" in node.path.rpartition(" > ")[2]]


def were_there(old, new):
    """Return the elements of the later page that the earlier one certainly has."""
    before, after = (Counter(identity(node.path) for node in nodes) for nodes in (old, new))
    before.update((node.name,) for node in old if node.name in STAYS and with_id([node]))
    return {
        name
        for name in before.keys() & after.keys()
        if (name[0].startswith("#") and len(name) == 1) or before[name] == after[name] == 1
    }


def page_and_next(seed, *, has_duplicates=False, has_ignored=False):
    """Return a page of the comparison with the client, and the page after a few edits."""
    random = Random(seed)
    profile = Profile(random)
    profile.duplicate_density *= has_duplicates
    profile.empty_id_density *= has_duplicates
    before = document(profile)
    after = before.copy()
    edit(profile, after, random.choice((0, 1, 1, 2, 3, 4, 6, 10)))
    # The parser would make another `<head>`, without its `data-init`.
    after.children.sort(key=lambda part: part.name, reverse=True)
    for html in (before, after):
        # A place begins with `html`, without its id; an id on two tags can turn a table into a
        # `<head>`.
        for node in (html, *(html.children if has_duplicates else ())):
            node.attributes.pop("id", None)
    for node in (*before.walk(), *after.walk()):
        if not node.name.startswith("#"):
            node.attributes["data-init"] = "load()"
            # If an id is preserved, the page shown is not the page sent.
            node.attributes.pop("data-preserve-attr", None)
            if not has_ignored:
                node.attributes.pop("data-ignore-morph", None)
    return before, after


def html_of(tree):
    return "<!doctype html>" + markup([tree], omits_tags=False)


def view_of(tree):
    """Return the elements that a program would write, with table rows without a `<tbody>`."""
    if tree.name.startswith("#"):
        return tree.text if tree.name == "#text" else comment(tree.text)
    if tree.name == "tbody" and "id" not in tree.attributes:
        return fragment(*map(view_of, tree.children))
    catalog = FOREIGN.get(tree.name)
    tag = getattr(catalog, tree.name) if catalog else element(tree.name)
    return tag(tree.attributes, [view_of(child) for child in tree.children])


def whole(part):
    return h.html(h.head(), h.body(part))


seeds = st.integers(0, 2**32)


@given(pages, pages)
def test_a_check_agrees_with_the_simulation_about_parts(before, after):
    before, after = (built(page, {"data-init": "load()"}) for page in (before, after))

    assert found(before, after) == simulated(whole(before), whole(after))


@given(seeds)
def test_a_check_agrees_with_the_simulation_about_parsed_pages(seed):
    before, after = map(html_of, page_and_next(seed))

    assert found(parse_document(before), parse_document(after)) == simulated(before, after)


@given(seeds)
def test_a_check_agrees_with_the_simulation_about_elements(seed):
    before, after = page_and_next(seed)
    assume([part.name for part in after.children] == ["head", "body"])

    before, after = view_of(before), view_of(after)
    assume("misnested" not in {finding.code for finding in check(after)})

    assert found(before, after) == simulated(before, after)


@given(seeds)
def test_a_check_finds_the_runs_of_the_simulation_despite_duplicate_ids(seed):
    before, after = map(html_of, page_and_next(seed, has_duplicates=True))

    runs = found(parse_document(before), parse_document(after)).runs

    assert runs == simulated(before, after).runs


@given(seeds)
def test_a_check_finds_the_runs_of_the_simulation_around_ignored_parts(seed):
    before, after = map(html_of, page_and_next(seed, has_ignored=True))

    runs = found(parse_document(before), parse_document(after)).runs

    assert runs == simulated(before, after).runs


@given(seeds)
def test_the_nodes_of_elements_are_those_that_a_parser_makes(seed):
    view = view_of(page_and_next(seed)[0])

    ours = browser_document(browser_nodes(view)[0])

    assert nodes_below(ours) == nodes_below(Node.of(parse_document(render(view))))


def nodes_below(document):
    return [
        (node.name, node.namespace, node.attributes, node.text, node.parent.name)
        for node in document.descendants()
    ]
