"""The garbage collector is left as it was after every pause."""

import gc

import pytest

import autograd_core as ag
from autograd_core.collector import collector_paused


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was(on):
    was_on = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        ag.graph(ag.tensor(1.0, requires_grad=True))
        assert gc.isenabled() is on
        with pytest.raises(ag.GraphError):
            ag.graph(ag.tensor(1.0))
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()


def test_pauses_nest():
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
