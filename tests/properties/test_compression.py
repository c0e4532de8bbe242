"""Laws of compression: nothing is lost, for any content and any release of memory."""

from hypothesis import given, strategies as st

from decoders import decoder
from fatmorph.compression import Encoding, negotiate, stream_compressor

encodings = st.sampled_from(["zstd", "br", "gzip"])
repetitive = st.builds(
    lambda part, times: part * times, st.binary(max_size=30), st.integers(0, 5000)
)
parts = st.lists(
    st.tuples(st.one_of(st.binary(max_size=200), repetitive), st.booleans()), max_size=8
)


@given(encoding=encodings, parts=parts, max_bytes=st.sampled_from([2**20, 2**24]))
def test_every_part_can_be_decoded_at_once(
    encoding: Encoding, parts: list[tuple[bytes, bool]], max_bytes: int
) -> None:
    compressor = stream_compressor(encoding, max_bytes)
    read = decoder(encoding)
    received = []

    for part, is_released in parts:
        received.append(read(compressor.compress(part)))
        [bool, compressor.release][is_released]()

    assert received == [part for part, _ in parts]
    assert read(compressor.finish()) == b""


@given(st.one_of(st.text(), st.text(alphabet="gzipbr*identy;q=0.15, \t")))
def test_any_header_selects_an_offered_coding_or_none(header: str) -> None:
    assert negotiate(header, ["zstd", "br", "gzip"]) in {"zstd", "br", "gzip", None}
