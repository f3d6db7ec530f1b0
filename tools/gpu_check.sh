#!/usr/bin/env bash
# Measure training on this machine's GPU, in under 8 minutes, and compare it with the CPU.
# Usage: tools/gpu_check.sh [--device cuda|cpu] [--tiny] [--minutes M] [--network NAME]
# It needs Python 3.11 with PyTorch, h5py, pandas and scikit-learn, this checkout, and nothing else: no data, no network.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
export PYTHONPATH="$PWD/src:$PWD${PYTHONPATH:+:$PYTHONPATH}"
export CUBLAS_WORKSPACE_CONFIG=:4096:8 # deterministic cuBLAS asks for it before CUDA starts
"$python" - <<'PY'
import importlib.util, sys
lacking = [name for name in ("torch", "numpy", "h5py", "pandas", "sklearn") if importlib.util.find_spec(name) is None]
if lacking or sys.version_info < (3, 11):
    sys.exit(f"gpu_check: expected Python 3.11 or newer with torch, h5py, pandas and scikit-learn, found Python "
             f"{sys.version.split()[0]} without {', '.join(lacking) or 'nothing'}. Set PYTHON to another one.")
PY
exec timeout 470 "$python" -m tools.gpu_check "$@"
