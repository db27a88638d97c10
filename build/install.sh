#!/bin/sh
# install.sh DESTDIR PREFIX SYSCONFDIR: puts the published files in place.
#
# The executables and the library they load live together in libexec, because each finds the others beside its
# real file; sbin holds a symbolic link. An administrator's PAM file is never replaced.
set -eu
cd "$(dirname "$0")/.."
. build/environment

destination=$1$2
configuration=$1$3
install -d "$destination/libexec/imapd" "$destination/sbin" "$configuration/pam.d"
install -m 755 out/imapd out/imapd-worker "$destination/libexec/imapd/"
install -m 644 out/libMonoPosixHelper.so "$destination/libexec/imapd/"
ln -sfn ../libexec/imapd/imapd "$destination/sbin/imapd"
if [ -e "$configuration/pam.d/imapd" ]; then
    echo "kept $configuration/pam.d/imapd as it is"
else
    install -m 644 packaging/imapd.pam "$configuration/pam.d/imapd"
fi
install -d "$destination/share/man/man5" "$destination/share/man/man8"
install -m 644 packaging/man/imapd.8 packaging/man/imapd-worker.8 "$destination/share/man/man8/"
install -m 644 packaging/man/imapd.conf.5 "$destination/share/man/man5/"
echo "installed $destination/sbin/imapd"
