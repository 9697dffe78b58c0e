#!/bin/sh
# Builds Plimsoll from this checkout as one static binary and installs it.
#   deploy/install.sh [PREFIX]      default /usr/local; the binary goes to PREFIX/bin
# Needs Rust 1.95 or later and a C compiler. With nasm, autoconf, automake and libtool there, layers are inflated by
# ISA-L, a fifth faster for a whole scan. YARA=1 builds the engine for users' YARA rules in, see docs/yara.md.
set -eu
cd "$(dirname "$0")/.."
prefix=${1:-/usr/local}
binary=$(deploy/build.sh)
mkdir -p "$prefix/bin"
install -m 755 "$binary" "$prefix/bin/plimsoll"
echo "installed $("$prefix/bin/plimsoll" --version) in $prefix/bin"
