#!/bin/sh
# fuzz.sh MINUTES [SEED] [TARGET] [INPUT]: the fuzzers for as long as asked, all or one of them, or one input again.
set -eu
cd "$(dirname "$0")/.."
. build/environment

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build Imapd.Tests --configuration Debug -verbosity:quiet > "$log" 2>&1 || { cat "$log" >&2; fail "Imapd.Tests does not build"; }
export IMAPD_FUZZ_SECONDS=$(($1 * 60)) IMAPD_FUZZ_SEED="${2:-$(date +%s)}" IMAPD_FUZZ_TARGET="${3:-}" IMAPD_FUZZ_INPUT="${4:-}"
echo "imapd: SEED=$IMAPD_FUZZ_SEED repeats this"
dotnet test Imapd.Tests --no-build --configuration Debug --filter TestCategory=Fuzz --logger 'console;verbosity=normal'
