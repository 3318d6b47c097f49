"""``python -m onroll.cli``: the same as ``onroll``."""

import sys

from onroll.cli import main

sys.exit(main())
