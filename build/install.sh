#!/bin/sh
# install.sh DESTDIR PREFIX SYSCONFDIR [debian|redhat]: puts the published files in place.
#
# The executables and the library they load live together in libexec, because each finds the others beside its
# real file; sbin holds a symbolic link. An administrator's PAM file is never replaced. The last argument says which
# PAM file; without it, it is the one that fits this host.
set -eu
cd "$(dirname "$0")/.."
. build/environment

destination=$1$2
prefix=$2
configuration=$1$3
family=debian
if [ ! -e /etc/pam.d/common-auth ] && [ -e /etc/pam.d/password-auth ]; then
    family=redhat
fi
family=${4:-$family}

# put MODE FILE PATH: one file, with the directories above it.
put() {
    install -D -m "$1" "$2" "$3"
}

for program in out/imapd out/imapd-worker packaging/make-certificate; do
    put 755 "$program" "$destination/libexec/imapd/${program##*/}"
done
put 644 out/libMonoPosixHelper.so "$destination/libexec/imapd/libMonoPosixHelper.so"
install -d "$destination/sbin"
ln -sfn ../libexec/imapd/imapd "$destination/sbin/imapd"
if [ -e "$configuration/pam.d/imapd" ]; then
    echo "kept $configuration/pam.d/imapd as it is"
else
    put 644 "packaging/$family/imapd.pam" "$configuration/pam.d/imapd"
fi

for unit in imapd.service imapd.socket; do
    put 644 "packaging/$unit" "$destination/lib/systemd/system/$unit"
    sed -i "s:/usr/sbin/imapd:$prefix/sbin/imapd:" "$destination/lib/systemd/system/$unit"
done
for page in packaging/man/*.[158]; do
    put 644 "$page" "$destination/share/man/man${page##*.}/${page##*/}"
done
completion=$destination/share/bash-completion/completions/imapd
put 644 packaging/imapd.bash-completion "$completion"
options=$(sed -n 's/^\.It Fl Fl \([a-z-]*\).*/--\1/p' packaging/man/imapd.8 | tr '\n' ' ')
sed -i "s/@OPTIONS@ /$options/" "$completion"
for example in packaging/imapd.conf packaging/examples/*; do
    put 644 "$example" "$destination/share/doc/imapd/examples/${example##*/}"
done
echo "installed $destination/sbin/imapd"
