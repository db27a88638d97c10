#!/bin/bash
# Makes the packages twice and compares them, asks lintian and rpmlint, then installs both packages, one after the other, in a Debian of
# its own that boots under systemd-nspawn, and has check-packages-inside.sh use them. What cannot be done here is named; that is no failure.
set -eu
cd "$(dirname "$0")/.."
. build/environment

not_here() {
    echo "packages were not checked: $*"
    exit 0
}

[ "$(id -u)" = 0 ] || not_here 'that needs root'
missing=
for pair in debootstrap:debootstrap systemd-nspawn:systemd-container lintian:lintian rpmbuild:rpm rpmlint:rpmlint \
    apparmor_parser:apparmor strip:binutils nsenter:util-linux; do
    command -v "${pair%%:*}" > /dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 -- a list of package names
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -q --no-install-recommends $missing > /dev/null 2>&1 ||
        { timeout 120 apt-get update -q && DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -q --no-install-recommends $missing; } > /dev/null 2>&1 ||
        not_here "these packages cannot be installed:$missing"
fi

work=$(mktemp -d)
booted=
leader=
# The first process of the Debian outlives systemd-nspawn; all others end with it.
clean() {
    if [ -n "$booted" ]; then
        leader=${leader:-$(ps -o pid= --ppid "$booted" | tr -d ' ' | head -n 1)}
        [ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null || true
        kill -KILL "$booted" 2>/dev/null || true
        wait "$booted" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean EXIT

echo '== packages'
for copy in one two; do
    build/deb.sh "$work/$copy" > /dev/null
    build/rpm.sh "$work/$copy" > /dev/null
done
for file in "$work"/one/*; do
    cmp "$file" "$work/two/${file##*/}" || fail "${file##*/} is not the same when it is made again"
done
echo '  made again, they are the same octets'
lintian --allow-root --fail-on error,warning "$work"/one/*.deb || fail 'lintian complains'
echo '  lintian has nothing to say'
rpmlint --config packaging/redhat/rpmlint.toml "$work"/one/*.rpm > "$work/rpmlint" 2>&1 || { cat "$work/rpmlint"; fail 'rpmlint complains'; }
echo '  rpmlint has nothing to say'
apparmor_parser -Q packaging/apparmor-profile 2> "$work/apparmor" || { cat "$work/apparmor"; fail 'the AppArmor profile does not parse'; }
bash -n packaging/imapd.bash-completion

# A Debian like this one, made once; each run uses a copy.
. /etc/os-release
[ "$ID" = debian ] || not_here "booting the package needs Debian, and this is $ID"
system=build/obj/debian-$VERSION_CODENAME
if [ ! -e "$system/.complete" ]; then
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | grep '/debian/*$' | head -n 1)
    [ -n "$mirror" ] || not_here "no mirror of Debian in /etc/apt/sources.list"
    rm -rf "$system"
    mkdir -p "$system"
    timeout 600 debootstrap --variant=minbase --include=systemd,systemd-sysv,openssl,libssl3,zlib1g,procps,rpm \
        "$VERSION_CODENAME" "$system" "$mirror" > "$work/debootstrap" 2>&1 ||
        not_here "no Debian can be made from $mirror: $(tail -n 1 "$work/debootstrap")"
    touch "$system/.complete"
fi
cp -a "$system" "$work/system"
for kind in deb rpm; do
    PACKAGE_VERSION="$(. build/package-version && echo "$version")+newer" "build/$kind.sh" "$work/newer" > /dev/null
done
mkdir "$work/system/root/older" "$work/system/root/newer"
cp "$work"/one/*.deb "$work"/one/*.rpm "$work/system/root/older/"
cp "$work"/newer/*.deb "$work"/newer/*.rpm "$work/system/root/newer/"
cp build/check-packages-inside.sh "$work/system/root/"

systemd-nspawn --quiet --register=no --keep-unit --private-network --boot --directory "$work/system" \
    > "$work/console" 2>&1 < /dev/null &
booted=$!
inside() { nsenter --target "$leader" --all "$@"; }
up() {
    leader=$(ps -o pid= --ppid "$booted" | tr -d ' ' | head -n 1)
    [ -n "$leader" ] && inside /usr/bin/systemctl is-system-running 2>/dev/null | grep -q 'running\|degraded'
}
tries=0
until up; do
    tries=$((tries + 1))
    kill -0 "$booted" 2>/dev/null || not_here "no Debian boots here: $(tail -n 1 "$work/console")"
    [ "$tries" -lt 240 ] || not_here "the Debian does not come up: $(tail -n 1 "$work/console")"
    sleep 0.5
done
status=0
inside /usr/bin/timeout 600 /bin/bash /root/check-packages-inside.sh /root/older /root/newer || status=$?
[ "$status" = 0 ] || fail 'the package fails in a Debian of its own'
echo 'packages: everything holds'
