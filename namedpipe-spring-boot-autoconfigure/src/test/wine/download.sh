#!/bin/sh
# download.sh [RELEASE ...]: fetches JDKs for Windows, which Python packages bring, into the cache. Without arguments: all.
set -e
source=$(dirname "$(readlink -f "$0")")
. "$source/cache.sh"
mkdir -p "$cache"
for release in ${*:-$(sed 's/^#.*//; s/ .*//' "$source/runtimes")}; do
	runtime "$release"
	if is_complete; then
		continue
	fi
	attempt=1
	until python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
		--platform win_amd64 --python-version 3.11 --dest "$cache" "$package==$version" && is_complete; do
		[ $attempt = 1 ] || { echo "$package $version cannot be had" >&2; exit 1; }
		attempt=2
	done
done
