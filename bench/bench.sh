#!/bin/sh
# Measures out/imapd with real accounts, and Dovecot in the same way when it is installed.
set -eu
cd "$(dirname "$0")/.."
. build/environment
[ "$(id -u)" = 0 ] || fail "make bench makes accounts and a PAM service for the time it runs: it needs root"
exec dotnet run --project bench --configuration Release
