"""What training costs on a GPU, and whether it computes what a CPU computes; started by tools/gpu_check.sh."""

import sys
from types import ModuleType

try:
    import hdf5plugin  # noqa: F401
except ImportError:  # it reads compressed shards, of which there are none here, and a machine with a GPU may lack it
    sys.modules["hdf5plugin"] = ModuleType("hdf5plugin")
