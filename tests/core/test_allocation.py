"""Importing the package has glibc keep what is freed."""

import os
import platform
import subprocess
import sys

import pytest

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
