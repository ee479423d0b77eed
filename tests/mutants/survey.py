"""``make mutants``: every operator on every rule, what gradcheck catches, and docs/mutants.md that says so.

Rules of entries that have their own are all examined; of the rules that compositions reach, a share drawn once and
for all (by a checksum of the mutant's name). Ends with an error if a mutant survives that nobody has explained.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import page
import survivors
from alarms import Alarm, alarms
from asking import Row, examined

from autograd_core.derivatives import TABLE

SEED = 20_000  # of operands and directions; nothing else in the tests uses this or its neighbours
SHARE = 0.2  # of the mutants of rules that compositions reach
PEERS = 0.04  # of all mutants and checks are also put to other recipes
REPEATS = 2  # times that the right engine is asked everything, with other operands
ROOT = Path(__file__).parents[2]
Task = tuple[str, str]


def work(task: Task) -> tuple[Task, list[Row], list[Alarm], float]:
    """Everything about one entry, in a process of its own."""
    what, name = task
    entry, start = TABLE[name], time.perf_counter()
    rows: list[Row] = []
    checks: list[Alarm] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # wrong rules divide by 0, and so on
        if what == "mutants":
            rows = list(examined(entry, SEED, 1.0 if entry.primitive is not None else SHARE, PEERS))
        else:
            checks = list(alarms(entry, SEED, REPEATS, PEERS))
    return task, rows, checks, time.perf_counter() - start


def progress(iterable: Iterable[Any], total: int) -> Iterable[Any]:
    """A bar, if tqdm is there."""
    try:
        from tqdm import tqdm
    except ImportError:
        return iterable
    return tqdm(iterable, total=total, unit="entry", smoothing=0)


def survey(names: list[str], jobs: int) -> tuple[list[Row], list[Alarm]]:
    """All rows and all checks, in the order of the table."""
    tasks = [(what, name) for what in ("mutants", "alarms") for name in names]
    found = {}
    with multiprocessing.Pool(jobs) as pool:
        for task, rows, checks, _ in progress(pool.imap_unordered(work, tasks), len(tasks)):
            found[task] = (rows, checks)
    return ([row for task in tasks for row in found[task][0]], [alarm for task in tasks for alarm in found[task][1]])


def main() -> int:
    """Survey, print, write the page; 1 if a survivor is unexplained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="*", help="of the table; all by default, and only then the page is written")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--json", type=Path, help="also write every row here")
    args = parser.parse_args()
    start = time.perf_counter()
    rows, checks = survey(args.entries or list(TABLE), args.jobs)
    if args.json:
        args.json.write_text(json.dumps({"rows": [asdict(r) | {"verdict": r.verdict} for r in rows],
                                         "alarms": [asdict(a) for a in checks]}))
    text = page.text(rows, checks)
    print(text)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if not args.entries:
        (ROOT / "docs" / "mutants.md").write_text(text, encoding="utf-8")
    unexplained = [row for row in rows if row.verdict == "survived" and survivors.why(row) is None]
    for row in unexplained:
        print(f"unexplained: {row.operator} | {row.entry} | {row.rule}, e.g. on {row.missed}", file=sys.stderr)
    return bool(unexplained)


if __name__ == "__main__":
    sys.exit(main())
