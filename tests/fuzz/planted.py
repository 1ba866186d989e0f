"""Parsers with one fault each, and one without: what the engine is tested with."""

import os
import signal

from tests.fuzz.target import Target

_KEPT: list[bytes] = []


def _crashes(content: bytes) -> str:
    return content.decode("utf-8")[:0]


def _is_slow(content: bytes) -> str:
    while b"!" in content:
        pass
    return "read"


def _dies(content: bytes) -> str:
    if b"!" in content:
        os.kill(os.getpid(), signal.SIGSEGV)
    return "read"


def _is_greedy(content: bytes) -> int:
    return len(bytearray(100 * 1024 * 1024 if b"!" in content else 1))


def _leaks(content: bytes) -> str:
    _KEPT.append(content * 100_000)
    return "read"


def _is_sound(content: bytes) -> int:
    return content.count(b"!")


PLANTED = {
    attempt.__name__.strip("_"): Target(
        attempt.__name__, attempt, lambda: [b"all is well so far"], words=(b"!",), most=100
    )
    for attempt in (_crashes, _is_slow, _dies, _is_greedy, _leaks, _is_sound)
}
