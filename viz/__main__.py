"""``python -m viz FILE.py:FUNCTION``: see ``command_line``."""

import sys

from .command_line import main

sys.exit(main())
