"""Importing the package has glibc keep what is freed; the garbage collector is left as it was after every pause."""

import gc
import os
import platform
import subprocess
import sys

import pytest

import autograd_core as ag
from autograd_core.allocation import collector_paused

STEPS = """
import resource
import numpy as np
import autograd_core

def faults_of_a_step():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(200_000) for _ in range(20)]  # 32 MB, 7,800 pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(*(faults_of_a_step() for _ in range(3)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have rules of their own")
def test_a_second_step_faults_no_pages():
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_TUNABLES"))}
    run = subprocess.run([sys.executable, "-c", STEPS], env=env, capture_output=True, text=True, check=True)
    first, *others = map(int, run.stdout.split())
    assert first > 5000 > 500 > max(others)


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
