#!/bin/sh
# Compares reading the layers of an image with what `igzip` needs to unpack them, both on all cores, in one run.
#
#     bench/cold_scan.sh LAYOUT [cargo features]
#
# LAYOUT is an OCI layout folder with gzip layers. Needs igzip and jq (Debian: isal jq). Prints the best of five, as
# ratios to igzip: wall time, and processor time, which a busy machine disturbs less.
set -eu

layout=$1
features=${2:-}
cores=$(nproc)
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p plimsoll-layers --example cold_scan --features "$features"
cold_scan=$target/release/examples/cold_scan

digest() { echo "$layout/blobs/$(echo "$1" | tr : /)"; }
manifest=$(digest "$(jq -r '.manifests[0].digest' "$layout/index.json")")
layers=$(for layer in $(jq -r '.layers | sort_by(-.size) | .[].digest' "$manifest"); do digest "$layer"; done)

# The smallest wall and processor time of five runs, in milliseconds.
best() {
    for run in 1 2 3 4 5; do
        /usr/bin/env time -f '%e %U %S %M' -o "$scratch/time" "$@" >/dev/null
        cat "$scratch/time"
    done | awk '{ cpu = $2 + $3
        if (NR == 1 || $1 < wall) wall = $1
        if (NR == 1 || cpu < least) least = cpu
        if ($4 > peak) peak = $4 }
        END { printf "%d %d %d\n", wall * 1000, least * 1000, peak }'
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unpack="printf '%s\n' $(echo "$layers" | tr '\n' ' ') | xargs -P $cores -n 1 sh -c 'igzip -dc \"\$0\" >/dev/null'"
base=$(best sh -c "$unpack")
cold=$(best "$cold_scan" "$layout" "$cores")
"$cold_scan" "$layout" "$cores" "$scratch/cache" >/dev/null
warm=$(best "$cold_scan" "$layout" "$cores" "$scratch/cache")

echo "$base $cold $warm" | awk '{
    printf "igzip:  %5d ms wall, %5d ms processor\n", $1, $2
    printf "cold:   %5d ms wall, %5d ms processor, %d MiB peak: %.2f and %.2f times igzip (bar: 1.5, 150 MiB)\n", $4, $5, $6 / 1024, $4 / $1, $5 / $2
    printf "cached: %5d ms wall, %5d ms processor, %d MiB peak (bar: 50 ms)\n", $7, $8, $9 / 1024
}'
