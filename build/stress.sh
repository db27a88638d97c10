#!/bin/sh
# stress.sh MINUTES [SEED]: the randomised stress for as long as asked, with what it has done every few seconds.
set -eu
cd "$(dirname "$0")/.."
. build/environment

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build Imapd.Tests --configuration Debug -verbosity:quiet > "$log" 2>&1 || { cat "$log" >&2; fail "Imapd.Tests does not build"; }
export IMAPD_STRESS_SECONDS=$(($1 * 60))
[ -z "${2:-}" ] || export IMAPD_STRESS_SEED="$2"
exec dotnet test Imapd.Tests --no-build --configuration Debug --filter TestCategory=Stress --logger 'console;verbosity=normal'
