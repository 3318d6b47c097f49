"""``python -m onroll``: the same as ``onroll``."""

import sys

from onroll.cli import main

if __name__ == "__main__":
    sys.exit(main())
