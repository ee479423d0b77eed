"""What allocating costs besides the allocation, and how it is avoided.

Memory that is freed stays with the process, so that the next array of its size costs no page faults: glibc returns
freed memory to the system as soon as it is more than twice the largest block that it ever saw freed, and starts with
128 KB. A training step frees all that it allocated, megabytes in many arrays: in the next step each of their pages has
to be asked for and cleared again, which can take longer than the arithmetic. Freeing one block of nearly 32 MB, as
large as the rule goes, makes glibc keep up to 64 MB. No page of that block is ever touched. Other allocators, and a
glibc told otherwise (``MALLOC_TRIM_THRESHOLD_``), take no notice.

Source:
    mallopt(3), M_MMAP_THRESHOLD: "Note: Nowadays, glibc uses a dynamic mmap threshold by default."
"""

import numpy as np


def keep_freed_memory() -> None:
    """Have glibc keep up to 64 MB of what is freed."""
    np.empty(2**25 - 2**16, np.uint8)
