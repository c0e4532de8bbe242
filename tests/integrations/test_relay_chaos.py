"""A short run of the relay's chaos: see tests/benchmarks/relay_chaos.py."""

import pytest

from benchmarks.relay_chaos import chaos
from brokers import BROKERS

STREAMS = 60


@pytest.mark.slow("kills brokers and servers for a while")
@pytest.mark.parametrize("kind", BROKERS)
async def test_every_page_shows_the_final_state_after_brokers_and_servers_were_killed(kind):
    result = await chaos(kind, streams=STREAMS, broker_kills=3, server_kills=1)

    assert list(result.shown) == [result.final] * STREAMS
    assert [(each["streams"], each["subscriptions"]) for each in result.left_over] == [(0, 0)] * 3
    assert result.left_on_broker == 0
