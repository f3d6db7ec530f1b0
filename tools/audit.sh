#!/usr/bin/env bash
# Compare the lock with the known vulnerabilities of its packages, by pip-audit, which asks PyPI for each of them.
# Strictly: a package of which nothing can be asked is no package without vulnerabilities.
# Usage: tools/audit.sh [LOCK...]. Ends with 0 when none is known, 1 when some are, 2 when nothing could be compared.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
tool=pip-audit==2.10.1
[ $# -gt 0 ] || set -- tools/lock/{build,packages,torch,dev}.txt # not torch-cpu: PyPI knows the version as that of torch

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
not_audited() {
    printf 'merflow audit: nothing was audited: %s: %s. Run make audit where PyPI is reached.\n' \
        "$1" "$(grep -v '^WARNING' "$folder/why" | tail -n 1)" >&2
    exit 2
}

"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$tool" 2>"$folder/why" ||
    not_audited "$tool could not be installed"
status=0
for lock in "$@"; do
    printf 'merflow audit: %s\n' "$lock" >&2
    "$folder/venv/bin/pip-audit" --strict --disable-pip --require-hashes --progress-spinner off --requirement "$lock" \
        2>"$folder/why" || {
        grep -q '^Found ' "$folder/why" || not_audited "$tool stopped"
        status=1
    }
    cat "$folder/why" >&2
done
exit "$status"
