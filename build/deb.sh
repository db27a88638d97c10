#!/bin/sh
# deb.sh [DIRECTORY]: makes the Debian package from what is published in out/, into DIRECTORY (out/). Two runs make the same octets.
set -eu
cd "$(dirname "$0")/.."
. build/environment
. build/package-version

command -v dpkg-deb >/dev/null 2>&1 || fail "there is no dpkg-deb: apt-get install dpkg"
to=${1:-out}
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
build/package-tree.sh "$tree/root" debian
root=$tree/root

install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/imapd"
{
    echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
    printf '\nFiles: *\nCopyright: %s\nLicense: ISC\n' "$(sed -n 's/^Copyright (c) //p' LICENSE.md)"
    sed -n '/^Permission/,$p' LICENSE.md | fold -s -w 78 | sed 's/ *$//; s/^$/./; s/^/ /'
    sed -n '/^Files:/,$p' packaging/debian/copyright
} > "$root/usr/share/doc/imapd/copyright"
{
    printf 'imapd (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n' "$version"
    printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$root/usr/share/doc/imapd/changelog.gz"

install -d "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(find "$root" -type f -printf '%s\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')/" \
    packaging/debian/control > "$root/DEBIAN/control"
(cd "$root" && find etc -type f | LC_ALL=C sort | sed 's:^:/:') > "$root/DEBIAN/conffiles"
(cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) \
    > "$root/DEBIAN/md5sums"
install -m 755 packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm "$root/DEBIAN/"
# dpkg-deb lets no file be newer than this; ours are made equal to it.
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$to"
dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$root" "$to/imapd_${version}_$architecture.deb" > /dev/null
echo "$to/imapd_${version}_$architecture.deb"
