#!/bin/sh
# Builds, installs what the tests need, runs every test, and ends with the sum over all suites.
set -eu
cd "$(dirname "$0")/.."
. build/environment
build/require-tools
build/install-test-packages
make --no-print-directory

log=$(mktemp)
trap 'rm -f "$log"' EXIT
rm -rf TestResults
for project in Imapd.Tests bench; do
    dotnet build "$project" --configuration Debug -verbosity:quiet > "$log" 2>&1 || { cat "$log" >&2; fail "$project does not build"; }
done

# A test that hangs is ended and named by the runner; a runner that hangs is ended by timeout. The end-to-end tests
# are a suite of their own, so that trouble there does not hide what the others found.
status=0
suite() {
    echo "== $1"
    timeout --kill-after=10s 20m dotnet test Imapd.Tests --no-build --configuration Debug --filter "$2" \
        --results-directory TestResults --logger "trx;LogFileName=$1.trx" \
        --blame-hang-timeout 3m --blame-hang-dump-type none || status=1
}
suite unit 'TestCategory!=EndToEnd&TestCategory!=Stress&TestCategory!=Fuzz'
suite end-to-end 'TestCategory=EndToEnd'
suite stress 'TestCategory=Stress'
suite fuzz 'TestCategory=Fuzz'

build/sum-results TestResults/unit.trx TestResults/end-to-end.trx TestResults/stress.trx TestResults/fuzz.trx || status=1
exit $status
