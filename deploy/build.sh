#!/bin/sh
# Builds the static release binary and prints its path. The C library is linked in: musl where Rust's musl target and a
# musl compiler are installed, otherwise glibc, so that the binary runs on any Linux of the same architecture.
#   YARA=1 deploy/build.sh   with the engine for users' YARA rules, see docs/yara.md
set -eu
cd "$(dirname "$0")/.."
has() { command -v "$1" >/dev/null 2>&1; }

host=$(rustc -vV | sed -n 's/^host: //p')
musl=$(echo "$host" | sed 's/-gnu$/-musl/')
if has musl-gcc && [ -d "$(rustc --print sysroot)/lib/rustlib/$musl" ]; then target=$musl; else target=$host; fi

features=
if has nasm && has autoconf && has automake && has libtoolize && [ "$target" = "$host" ]; then features=isal; fi
if [ -n "${YARA:-}" ]; then features=${features:+$features,}yara; fi

echo "building for $target${features:+ with $features}" >&2
# A folder of its own: the flags differ from a plain build's, and sharing one would rebuild everything in turn.
CARGO_PROFILE_RELEASE_STRIP=debuginfo RUSTFLAGS="-C target-feature=+crt-static ${RUSTFLAGS:-}" cargo build --locked --release --package plimsoll \
  --target "$target" --target-dir target/static ${features:+--features "$features"} >&2
echo "target/static/$target/release/plimsoll"
