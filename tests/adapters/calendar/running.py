"""How a test starts another process of ours."""

import os
import sys

# Where the packages were found by this process, they are found by the other.
WITH_SOURCES = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
