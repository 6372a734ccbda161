#!/usr/bin/env bash
# Build the container with buildah and make a first report in it: make container
#
# The base is the Containerfile's. Where no registry of images can be reached, Debian's own Python
# stands in for it (debootstrap), and the last line says so: what is tried then is the recipe, not
# the image that people build.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v buildah >/dev/null || { echo "buildah is needed: apt-get install buildah" >&2; exit 2; }
isolation=${BUILDAH_ISOLATION:-chroot}
name=localhost/hashquake
base=$(sed -n 's/^ARG BASE=//p' Containerfile)
options=()

stand_in() {
  command -v debootstrap >/dev/null || { echo "debootstrap is needed without a registry" >&2; exit 2; }
  local folder system site
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' RETURN
  site=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)
  system=$(. /etc/os-release && echo "$VERSION_CODENAME")
  debootstrap --variant=minbase --include=python3,python3-pip,python-is-python3,ca-certificates \
    "$system" "$folder/root" "$site" >"$folder/log" || { tail -n 20 "$folder/log" >&2; exit 1; }
  # The image of Python lets pip write anywhere; Debian's asks not to.
  rm -f "$folder"/root/usr/lib/python3*/EXTERNALLY-MANAGED
  local made
  made=$(buildah from scratch)
  buildah add --quiet "$made" "$folder/root" / >/dev/null
  buildah config --env PIP_ROOT_USER_ACTION=ignore "$made"
  buildah commit --quiet --rm "$made" "$1" >/dev/null
}

remark="on $base"
if ! buildah pull --quiet "$base" >/dev/null 2>&1; then
  remark="$base cannot be fetched here: built on Debian's Python in its place"
  base=localhost/hashquake-stand-in
  buildah inspect --type image "$base" >/dev/null 2>&1 || stand_in "$base"
  # Whoever answers for the registry may be known to this machine alone.
  options=(--volume /etc/ssl/certs:/etc/ssl/certs:ro --env PIP_CERT=/etc/ssl/certs/ca-certificates.crt)
fi

# The format of Docker: that of OCI has no health check.
buildah build --quiet --format docker --isolation "$isolation" --layers=false "${options[@]}" \
  --build-arg BASE="$base" --tag "$name" . >/dev/null

tried=$(buildah from "$name")
trap 'buildah rm "$tried" >/dev/null' EXIT
run() { buildah run --isolation "$isolation" --user hashquake "$tried" -- "$@"; }
run hashquake --version
run hashquake report kazakhstan-2022 --db bundled --out /data/report.html >/dev/null
run hashquake init --empty >/dev/null
run sh -c 'test -s /data/report.html && test -s /data/record.db && test "$(id -u)" != 0'
run sh -c '! touch /opt/hashquake/src/hashquake/x 2>/dev/null'
size=$(buildah images --format '{{.Size}}' "$name")
echo "$name, $size: a first report, an empty record, no rights; $remark"
