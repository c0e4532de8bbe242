"""The relay compared with an obviously correct model: a list scanned for every message."""

import asyncio
import gc

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from fatmorph.relay import Relay
from fatmorph.relay._contract import disjoint_patterns, is_match

TOKENS = st.sampled_from(["a", "b", "ab"])
SUBJECTS = st.lists(TOKENS, min_size=1, max_size=3).map(".".join)
PATTERNS = st.one_of(st.just("*"), SUBJECTS, SUBJECTS.map(lambda subject: subject + ".*"))

# Only a few, so that a machine of twenty steps uses the same ones repeatedly.
FEW_SUBJECTS = st.sampled_from(["a", "a.b", "a.b.ab", "ab", "ab.a"])
FEW_PATTERNS = st.sampled_from(["*", "*", "a", "a.b", "a.*", "a.b.*", "ab.*"])


def model_matches(pattern: str, subject: str) -> bool:
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == "*":
        above = wanted[:-1]
        return tokens[: len(above)] == above and len(tokens) > len(above)
    return tokens == wanted


@given(PATTERNS, SUBJECTS)
def test_a_pattern_matches_token_by_token(pattern, subject):
    assert is_match(pattern, subject) == model_matches(pattern, subject)


@given(st.lists(PATTERNS, min_size=1, max_size=4).map(tuple), SUBJECTS)
def test_a_subject_matched_by_any_pattern_matches_one_disjoint_pattern(patterns, subject):
    kept = [model_matches(pattern, subject) for pattern in disjoint_patterns(patterns)]

    assert sum(kept) == any(model_matches(pattern, subject) for pattern in patterns)


class Model:
    """A subscription as a plain list."""

    def __init__(self, patterns, latest, limit):
        self.patterns, self.latest, self.limit = patterns, latest, limit
        self.messages = []
        self.dropped = 0

    def take(self, subject, data):
        if not any(model_matches(pattern, subject) for pattern in self.patterns):
            return 0
        if self.latest:
            self.messages = [message for message in self.messages if message[0] != subject]
        self.messages.append((subject, data))
        lost = max(0, len(self.messages) - self.limit)
        self.messages = self.messages[lost:]
        self.dropped += lost
        return 1


class RelayMachine(RuleBasedStateMachine):
    subscriptions = Bundle("subscriptions")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.relay = Relay[int]()
        self.models = {}
        self.held = {}
        self.readers = {}
        self.published = 0

    @rule(
        target=subscriptions,
        patterns=st.lists(FEW_PATTERNS, min_size=1, max_size=3),
        latest=st.booleans(),
        limit=st.integers(1, 4),
    )
    def subscribe(self, patterns, latest, limit):
        subscription = self.relay.subscribe(*patterns, latest=latest, limit=limit)
        key = len(self.models)
        self.models[key] = Model(patterns, latest, limit)
        self.held[key] = subscription
        return key

    @rule(subjects=st.lists(FEW_SUBJECTS, min_size=1, max_size=8))
    def publish(self, subjects):
        for subject in subjects:
            self.publish_one(subject)
        for key in list(self.readers):
            self.settle(key)

    def publish_one(self, subject):
        self.published += 1
        open_models = [self.models[key] for key in self.held]

        self.relay.publish(subject, self.published)

        for model in open_models:
            model.take(subject, self.published)

    @rule(key=subscriptions)
    def read(self, key):
        """Start a reader unless one is waiting, let it run, and compare its message."""
        if key not in self.readers:
            self.readers[key] = self.loop.create_task(anext_of(self.held[key]))
        self.settle(key)

    @rule(key=subscriptions)
    def cancel_reader(self, key):
        reader = self.readers.pop(key, None)
        if reader is not None:
            reader.cancel()
            self.loop.run_until_complete(asyncio.wait([reader]))

    @rule(key=consumes(subscriptions))
    def close(self, key):
        self.cancel_reader(key)
        self.loop.run_until_complete(self.held.pop(key).aclose())

    @rule(key=consumes(subscriptions))
    def forget(self, key):
        self.cancel_reader(key)
        del self.held[key]
        gc.collect()

    def settle(self, key):
        for _ in range(3):
            self.loop.run_until_complete(asyncio.sleep(0))
        messages = self.models[key].messages
        if messages:
            assert self.readers.pop(key).result() == messages.pop(0)
        else:
            assert not self.readers[key].done()

    @invariant()
    def counts_agree(self):
        assert self.relay.subscription_count == len(self.held)
        assert {key: s.dropped for key, s in self.held.items()} == {
            key: self.models[key].dropped for key in self.held
        }

    def teardown(self):
        for key in list(self.readers):
            self.cancel_reader(key)
        self.loop.close()


async def anext_of(subscription):
    return await anext(subscription)


RelayMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)
TestRelay = RelayMachine.TestCase
