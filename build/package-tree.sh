#!/bin/sh
# package-tree.sh DIRECTORY debian|redhat: what a package holds, as it is installed, into an empty DIRECTORY.
set -eu
cd "$(dirname "$0")/.."

tree=$1
family=$2
rm -rf "$tree"
umask 022
build/install.sh "$tree" /usr /etc "$family" > /dev/null
strip --strip-unneeded "$tree/usr/libexec/imapd/libMonoPosixHelper.so"
install -D -m 644 packaging/imapd.conf "$tree/etc/imapd/imapd.conf"
rm "$tree/usr/share/doc/imapd/examples/imapd.conf"
install -d "$tree/etc/imapd/conf.d"
install -D -m 644 packaging/fail2ban/filter.conf "$tree/etc/fail2ban/filter.d/imapd.conf"
install -D -m 644 packaging/fail2ban/jail.conf "$tree/etc/fail2ban/jail.d/imapd.conf"
for document in README.md SECURITY.md CHANGELOG.md; do
    install -D -m 644 "$document" "$tree/usr/share/doc/imapd/$document"
done
if [ "$family" = debian ]; then
    # Debian 12's tools look for units here.
    install -d "$tree/lib"
    mv "$tree/usr/lib/systemd" "$tree/lib/systemd"
    rmdir "$tree/usr/lib"
    install -D -m 644 packaging/apparmor-profile "$tree/etc/apparmor.d/usr.libexec.imapd"
    gzip -9n "$tree"/usr/share/doc/imapd/*.md
fi
gzip -9n "$tree"/usr/share/man/man?/*
