"""Hypothesis: no deadlines (machines are shared), and the same examples every time where ``CI`` is set."""

import os

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # the tests that need it skip themselves
    pass
else:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile("default", deadline=None, suppress_health_check=quiet, print_blob=True)
    settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
    settings.load_profile("ci" if os.environ.get("CI") else "default")
