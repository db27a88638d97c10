#!/bin/sh
# rpm.sh [DIRECTORY]: makes the RPM from what is published in out/, into DIRECTORY (out/). Two runs make the same octets.
set -eu
cd "$(dirname "$0")/.."
. build/environment
. build/package-version

command -v rpmbuild >/dev/null 2>&1 || fail "there is no rpmbuild: apt-get install rpm"
to=${1:-out}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/package-tree.sh "$work/tree" redhat
install -m 644 LICENSE.md "$work/tree/usr/share/doc/imapd/LICENSE.md"
sed "s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')/" packaging/redhat/imapd.spec > "$work/imapd.spec"
find "$work/tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$to"
rpmbuild --quiet -bb --nodeps --define "_topdir $work/top" --define "_rpmdir $work/rpms" --define "package_version $version" \
    --define "package_tree $work/tree" --define "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm" \
    "$work/imapd.spec" > "$work/log" 2>&1 || { cat "$work/log" >&2; fail 'rpmbuild fails'; }
mv "$work"/rpms/*.rpm "$to/"
echo "$to/imapd-$version-1.$(uname -m).rpm"
