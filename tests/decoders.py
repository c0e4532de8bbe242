"""Decoders of compressed bodies that read a stream part by part, as browsers do."""

import sys
import zlib
from collections.abc import Callable
from importlib import import_module

import brotli

from fatmorph.compression import Encoding

__all__ = ("decoder",)

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def decoder(encoding: Encoding) -> Callable[[bytes], bytes]:
    """Return a function that takes the next bytes of a body and returns their content."""
    return DECODERS[encoding]()


def gzip_decoder() -> Callable[[bytes], bytes]:
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress


def brotli_decoder() -> Callable[[bytes], bytes]:
    decompressor = brotli.Decompressor()

    def decode(data: bytes) -> bytes:
        content = decompressor.process(data)
        while part := decompressor.process(b""):  # a call returns at most 32 KiB
            content += part
        return content

    return decode


def zstd_decoder() -> Callable[[bytes], bytes]:
    """Read consecutive frames."""
    decompressor = zstd.ZstdDecompressor()

    def decode(data: bytes) -> bytes:
        nonlocal decompressor
        content = b""
        while data:
            content += decompressor.decompress(data)
            data = b""
            if decompressor.eof:
                data = decompressor.unused_data
                decompressor = zstd.ZstdDecompressor()
        return content

    return decode


DECODERS = {"gzip": gzip_decoder, "br": brotli_decoder, "zstd": zstd_decoder}
