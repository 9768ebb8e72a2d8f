#!/usr/bin/env bash
# Makes a stand-in for node:24-bookworm-slim where no image registry is reachable: Debian from its
# package mirror, Node from this project's npm dependency, npm from the npm registry.
# Usage: test/docker/make-base-image.sh [tag]    (root; about a minute; nothing to do when the tag exists)
set -euo pipefail

tag="${1:-deckhand-base:bookworm}"
mirror="${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
security_mirror="${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}"
npm_version=11.19.1
project="$(cd "$(dirname "$0")/../.." && pwd)"

if docker image inspect "$tag" >/dev/null 2>&1; then
  echo "base image $tag exists"
  exit 0
fi
command -v debootstrap >/dev/null || {
  echo 'debootstrap is missing: apt-get install debootstrap' >&2
  exit 1
}

work="$(mktemp -d "${TMPDIR:-/tmp}/deckhand-base.XXXXXX")"
trap 'rm -rf --one-file-system "$work"' EXIT
root="$work/root"

echo "base image $tag: unpacking Debian"
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" \
  >"$work/debootstrap.log" 2>&1 || {
  tail -n 30 "$work/debootstrap.log" >&2
  exit 1
}
cat >"$root/etc/apt/sources.list" <<LIST
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb $security_mirror bookworm-security main
LIST

echo "base image $tag: adding Node and npm"
node_binary="$(cd "$project" && npx --no-install node -p process.execPath)"
install -m 0755 "$node_binary" "$root/usr/local/bin/node"
(cd "$work" && npm pack --silent "npm@$npm_version" >/dev/null)
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -xzf "$work/npm-$npm_version.tgz" -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
chmod 0755 "$root/usr/local/lib/node_modules/npm/bin/"*-cli.js

# What this machine needs to reach its registries (never tokens): extra authorities, registry address.
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
  cp -L /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
  chroot "$root" update-ca-certificates >/dev/null 2>&1
fi
mkdir -p "$root/usr/local/etc"
{
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt'
  echo "registry=$(cd "$project" && npm config get registry 2>/dev/null)"
} >"$root/usr/local/etc/npmrc"

rm -rf "$root/var/cache/apt/archives/"*.deb "$root/var/lib/apt/lists/"*
echo "base image $tag: importing"
tar -C "$root" --numeric-owner -c . | docker import \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'CMD ["node"]' - "$tag" >/dev/null
echo "base image $tag is ready"
