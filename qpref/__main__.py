"""`python -m qpref`, where the command is not on the path."""

import sys

from qpref.cli import main

sys.exit(main())
