from __future__ import annotations

import signal
import threading

import pytest

from lksig.cli.insistent import Insistent


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
