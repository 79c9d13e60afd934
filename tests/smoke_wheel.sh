#!/bin/sh
# The wheel, as a stranger gets it: built, installed without development packages into an environment of its own, run.
#
#     tests/smoke_wheel.sh PYTHON DIRECTORY      PYTHON builds, DIRECTORY is made anew
set -eu

python=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
"$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null # uv makes environments without pip
"$python" -m pip wheel --quiet --no-deps --wheel-dir "$work" .
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "$work"/lksig-*.whl

# Away from the repository, so that nothing is read from it by accident.
cd "$work"
lksig=venv/bin/lksig
echo "installed: $($lksig --version)"
$lksig schema add_track | grep -q cid
# SignalRequest { ping: 1732444800000 }
$lksig decode 70808887eeb532 --request | grep -q ping
echo "the wheel works"
