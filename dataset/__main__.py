"""`python -m bowerman_data` is the command line."""

import sys

from bowerman_data.cli import main

sys.exit(main())
