#!/bin/sh
# The engine beside wrk against one trivial server, interleaved: processor time per request, highest rate, dispatch lag.
# Usage: benches/run.sh [ROUNDS [SECONDS]]; installs wrk from Debian's packages if it is missing.
set -eu
cd "$(dirname "$0")/.."
command -v wrk >/dev/null || { apt-get update -qq && apt-get install -y -qq wrk; }
cargo bench --bench against_wrk -- "${1:-15}" "${2:-2}"
cargo bench --bench against_wrk -- lag
cargo bench --bench against_wrk -- laws
