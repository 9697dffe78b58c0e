#!/bin/sh
# Makes the container image: the static binary, root certificates, nothing else.
#   deploy/container/build.sh [DESTINATION]   as `buildah push` takes it; default oci-archive:plimsoll.tar:plimsoll
# With YARA=1 it has the engine for users' YARA rules, see docs/yara.md. Needs buildah. Run the image with a volume on /cache to keep layers and advisories between runs:
#   podman run --rm -v plimsoll:/cache plimsoll scan docker.io/library/debian:12
set -eu
cd "$(dirname "$0")/../.."
destination=${1:-oci-archive:plimsoll.tar:plimsoll}
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
binary=$(deploy/build.sh)
container=$(buildah from scratch)
trap 'buildah rm "$container" >/dev/null' EXIT
buildah copy --quiet "$container" "$binary" /plimsoll >/dev/null
buildah copy --quiet "$container" "$certificates" /etc/ssl/certs/ca-certificates.crt >/dev/null
buildah config --entrypoint '["/plimsoll"]' --env PLIMSOLL_CACHE_DIR=/cache --env TMPDIR=/cache --volume /cache \
  --user 65532:65532 --label org.opencontainers.image.title=Plimsoll --label org.opencontainers.image.licenses=Apache-2.0 \
  --label "org.opencontainers.image.version=$("$binary" --version | cut -d' ' -f2)" "$container"
buildah commit --quiet "$container" "$destination"
