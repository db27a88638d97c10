#!/bin/sh
# The development server: memory storage, account test/test, loopback only. Ctrl-C ends it.
set -eu
cd "$(dirname "$0")/.."
. build/environment

if ! command -v openssl >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || fail "openssl is needed to make a certificate: sudo apt-get install openssl"
    apt-get install -y -qq openssl >/dev/null || fail "openssl is needed to make a certificate: apt-get install openssl"
fi

directory=$(mktemp -d)
server=
stop() {
    trap - INT TERM EXIT
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$directory"
}
trap 'stop; exit 0' INT TERM
trap stop EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
    -keyout "$directory/key.pem" -out "$directory/cert.pem" 2>/dev/null

out/imapd --config none -s memory --tls --cert "$directory/cert.pem" --key "$directory/key.pem" \
    -p 10993 --starttls-port 10143 &
server=$!

# The kernel's table shows when both ports are open; a server that could not start has said why.
listens() {
    grep -qi "$(printf ':%04X [0-9A-F:]* 0A' "$1")" /proc/net/tcp
}
until listens 10993 && listens 10143; do
    kill -0 "$server" 2>/dev/null || { wait "$server"; exit 1; }
    sleep 0.1
done

cat <<TEXT

imapd's development server: mail in memory, user test, password test, on this machine only.

  a list of mailboxes     curl --insecure --user test:test imaps://127.0.0.1:10993/
  a message               curl --insecure --user test:test 'imaps://127.0.0.1:10993/INBOX;MAILINDEX=1'
  the protocol by hand    openssl s_client -quiet -crlf -connect 127.0.0.1:10993
                          then type:  a LOGIN test test
                                      b SELECT INBOX
                                      c FETCH 1:* (FLAGS ENVELOPE)
                                      d LOGOUT
  the same over STARTTLS  openssl s_client -quiet -crlf -starttls imap -connect 127.0.0.1:10143

Ctrl-C ends it; nothing is kept.

TEXT
wait "$server"
