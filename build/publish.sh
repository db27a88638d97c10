#!/bin/sh
# Compiles both executables ahead of time into out/.
set -eu
cd "$(dirname "$0")/.."
. build/environment
build/require-tools

# The SDK links with clang unless told otherwise; gcc does as well and is what Debian's build-essential brings.
linker=
command -v clang >/dev/null 2>&1 || linker=-p:CppCompilerAndLinker=gcc

# A source saved from here on is newer than what is being made of it.
log=$(mktemp)
begun=$(mktemp)
trap 'rm -f "$log" "$begun"' EXIT
for project in Imapd.Worker Imapd.Master; do
    echo "compiling $project for $(framework)"
    dotnet publish "$project" --framework "$(framework)" --configuration Release --output out -verbosity:quiet \
        -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false $linker > "$log" 2>&1 || {
        cat "$log" >&2
        fail "$project could not be compiled"
    }
    grep -v '^ *$' "$log" || true
done
for file in imapd imapd-worker libMonoPosixHelper.so; do
    [ -f "out/$file" ] || fail "the build ended without out/$file"
done
touch -r "$begun" out/.published
