"""What the program costs, each figure a ratio to a peer measured in the same run (`make bench`)."""

import sys
from pathlib import Path

# The servers that are measured with belong to the tests.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
