#!/usr/bin/env bash
# Make .venv with the locked dependencies, and see to the system libraries that pip cannot bring.
# Usage: tools/setup.sh [VENV] [run|dev]. run: what the workflow needs. dev: what tests and checks need, too.
# Does nothing twice: the marker holds a hash of what was installed, and which of the two.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-.venv}
what=${2:-run}
marker=$venv/.merflow-setup
python=${PYTHON:-python3}
lock=tools/lock
wanted=$(cat pyproject.toml setup.py "$lock"/*.txt tools/setup.sh | sha256sum | cut -d' ' -f1)
there=$(cat "$marker" 2>/dev/null || true)
case $there in *" dev") what=dev ;; esac # who develops once does so again: two halves would be of two locks
[ "$there" = "$wanted $what" ] && exit 0

say() { printf 'merflow setup: %s\n' "$*" >&2; }

case $venv in /*) place=$venv ;; *) place=$PWD/$venv ;; esac
case $place in
    *[][:space:][\'\"\\\`\$\&\;\|\<\>\(\){}*?!]*)
        say "the environment would lie in $place, but Snakemake hands that path to a shell without quotes and every job" \
            "would fail: move the checkout to a path without blanks, quotes and brackets, or give another place for the" \
            "environment, such as: make VENV=\$HOME/merflow-venv demo"
        exit 1
        ;;
esac

# apt_install PACKAGE...: with root and apt, install; else say what is missing and stop.
apt_install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $*"
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-upgrade "$@" >&2
    else
        say "missing system packages. Debian, Ubuntu: sudo apt-get install $*"
        say "Fedora: sudo dnf install python3 libusb1 mesa-libEGL mesa-libGL libX11. Then run make again."
        exit 1
    fi
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "needs Python 3.11 or newer, found $("$python" --version). Choose one with: make PYTHON=python3.12 ..."
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
case $what in dev) size=2.9 steps=5 ;; *) size=2.3 steps=4 ;; esac
say "installing the locked packages into $venv, once: $size GB, with NVIDIA's libraries 4 GB more; 2 minutes where the" \
    "network is quick. pip says nothing meanwhile"
pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
step=0
# Every file must have a hash of the lock. The lock is whole, so pip looks for nothing that is not in it (--no-deps), and
# what is built from source is built by the build tools of the lock and by no others (--no-build-isolation).
locked() { pip install --require-hashes --no-deps --no-build-isolation -r "$lock/$1.txt"; }
announce() { step=$((step + 1)) && say "$step of $steps: $*"; }
announce "libraries of recordings, tables and the workflow"
locked build
locked packages
announce "PyTorch, the largest"
locked torch-cpu 2>/dev/null || locked torch # the smaller one, where pip is told of an index or a folder that has it
if [ "$what" = dev ]; then
    announce "tools of tests and checks"
    locked dev
fi
announce "merflow itself"
pip install --no-deps --no-build-isolation -e .
pip check >&2 # the lock lacks nothing that a package asks for
[ "$what" != dev ] || "$venv/bin/python" -c 'import open3d' 2>/dev/null || {
    apt_install libusb-1.0-0 libegl1 libgl1 libx11-6 libudev1 libgomp1
    "$venv/bin/python" -c 'import open3d' # still failing: its own message says which library
}
announce "the renderer and the optical flow are compiled, ten seconds"
"$venv/bin/python" -m tools.compile_kernels
echo "$wanted $what" >"$marker"
say "ready"
