"""The text format of Prometheus: families of counters, gauges and histograms, with their labels.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from fatmorph._histogram import Histogram
from fatmorph.errors import LabelError, short_repr

__all__ = ("checked_labels", "family", "histogram_family")

# https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
OWN_LABELS = frozenset({"ending", "le", "page", "reason", "status"})


def checked_labels(labels: Mapping[str, str | int] | None) -> dict[str, str]:
    """Return labels of a program for all numbers, as text.

    Args:
        labels: Names, of ASCII letters, digits and `_`, with their values.

    Raises:
        LabelError: Prometheus could not read a label, or a name is that of a label of ours.

    Example:
        >>> checked_labels({"worker": 1})
        {'worker': '1'}
    """
    if labels is not None and not isinstance(labels, Mapping):
        raise LabelError(
            f"cannot read labels from {type(labels).__name__}",
            where=f"counters.prometheus({short_repr(labels)})",
            why="each label has a name and a value",
            fix='counters.prometheus({"worker": "1"})',
        )
    items = () if labels is None else labels.items()
    return {_checked_name(name): _checked_value(name, value) for name, value in items}


def _checked_name(name: object) -> str:
    if isinstance(name, str) and LABEL_NAME.fullmatch(name) and name not in OWN_LABELS:
        return name
    raise LabelError(
        f"cannot name a label {short_repr(name)}",
        where=f"counters.prometheus({{{short_repr(name)}: …}})",
        why="the counters have a label of this name"
        if name in OWN_LABELS
        else "a name is of letters, digits and _, and does not begin with a digit or __",
        fix='counters.prometheus({"worker": "1"})',
    )


def _checked_value(name: str, value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise LabelError(
            f"cannot write {type(value).__name__} as a label",
            where=f"counters.prometheus({{{short_repr(name)}: {short_repr(value)}}})",
            why="the value of a label is text or an int",
            fix=f"counters.prometheus({{{short_repr(name)}: str(…)}})",
        )
    if LONE_SURROGATE.search(str(value)) is not None:
        raise LabelError(
            f"cannot write {short_repr(value)} as a label",
            where=f"counters.prometheus({{{short_repr(name)}: …}})",
            why="it holds a lone surrogate, and the text is sent as UTF-8",
            fix=f'counters.prometheus({{{short_repr(name)}: value.encode(errors="replace")'
            ".decode()})",
        )
    return str(value)


def family(
    name: str, help_text: str, values: Iterable[tuple[Mapping[str, str], float]], *, is_gauge: bool
) -> Iterator[str]:
    """Yield the lines of a number, once for each of its labels.

    Args:
        name: Without the prefix, and without the suffix of counters.
        help_text: One sentence.
        values: Labels, and the number.
        is_gauge: Whether the number may fall.

    Example:
        >>> list(family("cut", "Cut.", [({"worker": "1"}, 2)], is_gauge=False))[2]
        'fatmorph_cut_total{worker="1"} 2'
    """
    name = f"fatmorph_{name}" + ("" if is_gauge else "_total")
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} {'gauge' if is_gauge else 'counter'}"
    for labels, value in values:
        yield f"{name}{_labelled(labels)} {value}"


def histogram_family(
    name: str, help_text: str, values: Iterable[tuple[Mapping[str, str], Histogram]]
) -> Iterator[str]:
    """Yield the lines of a histogram, once for each of its labels.

    Args:
        name: Without the prefix.
        help_text: One sentence.
        values: Labels, and the histogram.
    """
    name = f"fatmorph_{name}"
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} histogram"
    for labels, histogram in values:
        counts = histogram.cumulative()
        for bound, count in zip((*map(str, histogram.bounds), "+Inf"), counts, strict=True):
            yield f"{name}_bucket{_labelled({**labels, 'le': bound})} {count}"
        yield f"{name}_sum{_labelled(labels)} {histogram.total}"
        yield f"{name}_count{_labelled(labels)} {counts[-1]}"


def _labelled(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    texts = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for value in labels.values()
    )
    return "{" + ",".join(f'{n}="{v}"' for n, v in zip(labels, texts, strict=True)) + "}"
