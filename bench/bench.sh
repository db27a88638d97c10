#!/bin/sh
# Measures out/imapd with real accounts, and Dovecot in the same way: bench.sh [WORD]…; words are options without their dashes.
set -eu
cd "$(dirname "$0")/.."
. build/environment
[ "$(id -u)" = 0 ] || fail "make bench makes accounts and a PAM service for the time it runs: it needs root"
command -v dovecot >/dev/null 2>&1 || bench/install-dovecot

count=$#
for word in "$@"; do
    set -- "$@" "--$word"
done
shift "$count"
exec dotnet run --project bench --configuration Release -- "$@"
