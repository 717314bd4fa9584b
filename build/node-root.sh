#!/bin/sh
# node-root.sh <node> <directory>: a root file system that holds this Node, the libraries it is linked with, and nothing
# else: no shell, no package manager. It lists its Debian packages where scanners look for them, with their licences.
set -eu

node=$(readlink -f "$1")
root=$2

mkdir -p "$root/usr/local/bin" "$root/var/lib/dpkg/status.d"
cp "$node" "$root/usr/local/bin/node"
chmod 755 "$root/usr/local/bin/node"
for licence in "$(dirname "$node")/../LICENSE" "$(dirname "$node")/../share/doc/node/LICENSE"; do
  if [ -e "$licence" ]; then
    mkdir -p "$root/usr/local/share/doc/node"
    cp "$licence" "$root/usr/local/share/doc/node/LICENSE"
  fi
done

# Each library under the name by which the loader looks for it.
ldd "$node" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
  real=$(readlink -f "$library")
  package=$(dpkg-query -S "$real" "${real#/usr}" "$library" 2>/dev/null | head -n 1 | cut -d : -f 1)
  if [ -z "$package" ]; then
    echo "$library: expected a library of a Debian package, found none" >&2
    exit 1
  fi
  dpkg-query -s "$package" > "$root/var/lib/dpkg/status.d/$package"
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
