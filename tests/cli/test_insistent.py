"""Ctrl-C is heard, also when something swallowed it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import threading
from collections.abc import Callable

import pytest

from lksig.cli.insistent import Insistent, InsistentPipe, closed_on_failure


def test_ctrl_c_that_somebody_swallows_is_raised_again() -> None:
    with Insistent() as ctrl_c:
        ctrl_c.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_somebody_else_stays() -> None:
    def handler(*_: object) -> None: ...

    before = signal.signal(signal.SIGINT, handler)
    try:
        with Insistent():
            assert signal.getsignal(signal.SIGINT) is handler
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_leaves_signals_alone() -> None:
    errors: list[BaseException] = []

    def enter() -> None:
        try:
            with Insistent() as ctrl_c:
                ctrl_c.check()
        except ValueError as exc:  # what `signal.signal` says outside of the main thread
            errors.append(exc)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert errors == []


def swallowed() -> None:
    """A Ctrl-C that nobody heard of."""
    with contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_one_within_another_hears_what_both_hear() -> None:
    with Insistent(), Insistent() as inner:
        inner.check()
        swallowed()
        with pytest.raises(KeyboardInterrupt):
            inner.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("read", [InsistentPipe.read, InsistentPipe.read1])
def test_a_pipe_that_stays_empty_is_not_waited_for_after_a_ctrl_c(read: Callable[[InsistentPipe, int], bytes]) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb"), contextlib.closing(InsistentPipe(os.fdopen(reader, "rb"))) as pipe:
        os.write(writer, b"abc")
        assert read(pipe, 3) == b"abc"
        assert pipe.fileno() == reader
        swallowed()
        with pytest.raises(KeyboardInterrupt):
            read(pipe, 3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_pipe_that_nobody_takes_is_closed() -> None:
    stream = io.BytesIO(b"abc")
    with closed_on_failure(InsistentPipe(stream)) as pipe:
        assert pipe.read() == b"abc"
    assert not stream.closed
    with pytest.raises(ValueError, match="no"), closed_on_failure(pipe):
        raise ValueError("no")
    assert stream.closed
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
