#!/bin/bash
# check-packages-inside.sh OLDER NEWER: what an administrator does with the packages in these directories, in a Debian that was
# just booted.
# Started by check-packages.sh, inside. Prints a line for each thing that holds; ends with 1 at the first that does not.
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
older=$(echo "$1"/*.deb)
newer=$(echo "$2"/*.deb)
older_rpm=$(echo "$1"/*.rpm)
newer_rpm=$(echo "$2"/*.rpm)
work=$(mktemp -d)

fails() {
    printf 'FAILED: %s\n' "$*"
    systemctl --no-pager --full status imapd.service 2>&1 | tail -n 20
    journalctl --no-pager -u imapd.service -n 30 2>&1
    exit 1
}

# holds SENTENCE COMMAND...
holds() {
    local sentence=$1
    shift
    "$@" > "$work/said" 2>&1 || fails "$sentence; $(tail -n 5 "$work/said")"
    printf '  %s\n' "$sentence"
}

# within SECONDS COMMAND...: until it succeeds
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

# client NAME: a TLS connection that stays open; say NAME LINE writes to it, heard NAME PATTERN waits for an answer.
client() {
    mkfifo "$work/$1.in"
    openssl s_client -quiet -crlf -connect 127.0.0.1:993 < "$work/$1.in" > "$work/$1.out" 2>/dev/null &
    clients="$clients $!"
    exec {descriptor}> "$work/$1.in"
    eval "$1=$descriptor"
}
say() { echo "$2" >&"${!1}"; }
heard() { within 30 grep -q "$2" "$work/$1.out"; }
talk() { say "$1" "$2" && heard "$1" "^${2%% *} OK"; }
login() { client "$1" && heard "$1" '^\* OK' && talk "$1" 'a LOGIN emma secret'; }
login_in_clear_is_offered_tls() {
    printf 'a LOGOUT\r\n' | timeout 20 openssl s_client -quiet -starttls imap -connect 127.0.0.1:143 2>/dev/null | grep -q '^a OK'
}
clients=
trap '[ -z "$clients" ] || kill $clients 2>/dev/null; rm -rf "$work"' EXIT

main_process() { systemctl show -p MainPID --value imapd.service; }
is_another_process() { [ "$(main_process)" != "$1" ] && systemctl -q is-active imapd.service; }
may_gain_privileges() { grep -q '^NoNewPrivs:[[:space:]]*0' "/proc/$(main_process)/status"; }
survives() { [ "$(grep -c . /home/emma/Maildir/cur/* /home/emma/Maildir/new/* 2>/dev/null | wc -l)" -gt 0 ] && grep -rq 'kept for years' /home/emma/Maildir; }
logged_plainly() { journalctl -o cat "_PID=$(main_process)" | grep -q '^login user=emma'; }
is_gone() { ! test -e "$1"; }

useradd -m emma
echo 'emma:secret' | chpasswd

holds 'the package installs' dpkg -i "$older"
grep -q 'self-signed certificate' "$work/said" || fails 'nothing was said of the self-signed certificate'
holds 'the service is active' within 30 systemctl -q is-active imapd.service
holds 'the service is enabled' systemctl -q is-enabled imapd.service
holds 'the configuration is good' imapd --check-config
holds 'the units verify' systemd-analyze verify --man=no imapd.service imapd.socket
holds 'the key is readable for root only' test "$(stat -c %a%U /etc/imapd/self-signed/key.pem)" = 600root
holds 'PAM may start setuid programs' may_gain_privileges
holds 'a user logs in over TLS' login first
say first 'b APPEND INBOX {34+}'
say first 'Subject: kept for years'
say first ''
say first 'Hello'
say first ''
holds 'he stores a message' heard first '^b OK'
holds 'port 143 offers STARTTLS' login_in_clear_is_offered_tls

before=$(main_process)
holds 'reload succeeds' systemctl reload imapd.service
holds 'another process is the service' within 30 is_another_process "$before"
holds 'the session that was open goes on' talk first 'c SELECT INBOX'
holds 'a user logs in after the reload' login second
echo 'no such key' > /etc/imapd/conf.d/bad.conf
before=$(main_process)
systemctl reload imapd.service
holds 'a mistake in the configuration is told when reloading' within 30 sh -c 'journalctl -u imapd.service | grep -q "bad.conf:1"'
holds 'and the service goes on' login third
rm /etc/imapd/conf.d/bad.conf

holds 'restart succeeds' systemctl restart imapd.service
holds 'clients were told goodbye' heard second '^\* BYE'
holds 'a user logs in after the restart' login fourth

before=$(main_process)
systemctl reload imapd.service
within 30 is_another_process "$before"
holds 'a user logs in after another reload' login sixth
holds 'what the new process logs has priorities instead of times' within 30 logged_plainly
holds 'the process before tells the service manager nothing more' sh -c '! journalctl -u imapd.service | grep -q "reception only permitted"'

echo '# mine' >> /etc/imapd/imapd.conf
before=$(main_process)
holds 'the upgrade installs' dpkg -i "$newer"
holds 'the new executable is the service' within 30 is_another_process "$before"
holds 'the configuration was kept' grep -q '^# mine' /etc/imapd/imapd.conf
holds 'the session that was open before the upgrade goes on' talk fourth 'd SELECT INBOX'
holds 'a user logs in after the upgrade' login fifth

holds 'socket units take over from the service' sh -c 'systemctl stop imapd.service && systemctl start imapd.socket'
holds 'a connection starts the service' login seventh
systemctl stop imapd.socket imapd.service

holds 'the units for a process for each connection verify' sh -c 'cp /usr/share/doc/imapd/examples/imapd-inetd* /etc/systemd/system &&
    systemd-analyze verify --man=no imapd-inetd.socket imapd-inetd@1.service && systemctl daemon-reload && systemctl start imapd-inetd.socket'
holds 'a user logs in to a process that systemd started for him' login eighth
holds 'its log is in the journal, with his address' within 30 sh -c 'journalctl -u "imapd-inetd@*" | grep -q "login user=emma .*rip=127.0.0.1"'
systemctl stop imapd-inetd.socket 'imapd-inetd@*.service'
rm /etc/systemd/system/imapd-inetd*

holds 'the service starts again' systemctl start imapd.service
holds 'the package is removed' dpkg -r imapd
holds 'the service has stopped' sh -c '! pgrep -x imapd && ! pgrep imapd-worker'
holds 'the configuration stays' test -e /etc/imapd/imapd.conf
holds 'the package is purged' dpkg -P imapd
holds 'nothing of it is left in /etc' is_gone /etc/imapd
holds 'no unit is left' sh -c '! systemctl cat imapd.service'
holds 'the mail is there' survives

# Red Hat's systems have this file, which the RPM's PAM file asks; here it stands for theirs.
printf '%s required pam_unix.so\n' auth account session > /etc/pam.d/password-auth
holds 'the RPM installs' rpm --install --nodeps "$older_rpm"
holds 'its service starts' systemctl enable --now imapd.service
holds 'a user logs in to it' login eighth
echo '# mine' >> /etc/imapd/imapd.conf
before=$(main_process)
holds 'the newer RPM installs' rpm --upgrade --nodeps "$newer_rpm"
holds 'the new executable is the service again' within 30 is_another_process "$before"
holds 'the configuration was kept again' grep -q '^# mine' /etc/imapd/imapd.conf
holds 'the session that was open goes on again' talk eighth 'b SELECT INBOX'
holds 'a user logs in after this upgrade' login ninth
holds 'the RPM is removed' rpm --erase --nodeps imapd
holds 'its service has stopped' sh -c '! pgrep -x imapd && ! pgrep imapd-worker'
holds 'the mail is still there' survives
