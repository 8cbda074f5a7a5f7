#!/bin/sh
# build.sh JDK JNA_JAR TARGET [PROGRAM.c ...]
# Builds into TARGET: jdk/bin/java, a JDK that runs inside Wine, and bin/PROGRAM.exe.
# Exit status 3: something is missing on this machine; the output says what.
set -e
source=$(dirname "$(readlink -f "$0")")
jdk=$(readlink -f "$1")
jna=$2
target=$3
shift 3

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

machine=$(uname -s)-$(uname -m)
[ "$machine" = Linux-x86_64 ] || missing "the harness is for Linux-x86_64, and this is $machine"
PATH=$PATH:/usr/lib/wine
WINE=$(find_tool wine64 wine64-stable) || missing "$WINE"
WINESERVER=$(find_tool wineserver64 wineserver) || missing "$WINESERVER"
winegcc=$(find_tool winegcc winegcc-stable) || missing "$winegcc"
winedump=$(find_tool winedump winedump-stable) || missing "$winedump"
gcc=$(find_tool gcc) || missing "$gcc"
mingw=$(find_tool x86_64-w64-mingw32-gcc) || missing "$mingw"
modules=/usr/lib/x86_64-linux-gnu/wine/x86_64-windows
[ -e "$modules/kernel32.dll" ] || modules=$(dirname "$(find /usr/lib* /opt -path '*x86_64-windows/kernel32.dll' 2>/dev/null | head -1)")
[ -e "$modules/kernel32.dll" ] || missing "Wine's kernel32.dll is not found"
echo '#include <windef.h>' | "$winegcc" -E -x c - >/dev/null 2>&1 || missing "Wine's headers are not installed"
[ -f "$jna" ] || missing "there is no JNA at '$jna'"

WINE_VERSION=$("$WINE" --version)
stamp="$WINE_VERSION $jdk $jna $(cat "$source"/* "$@" | cksum)"
if [ "$(cat "$target/stamp" 2>/dev/null)" = "$stamp" ]; then
	exit 0
fi
mkdir -p "$target"
target=$(readlink -f "$target")
find "$target" -mindepth 1 -maxdepth 1 ! -name prefix -exec rm -rf {} +

# the programs for Windows
mkdir -p "$target/bin" "$target/build" "$target/boot"
for program in "$@"; do
	"$mingw" -O1 -Wall -municode -o "$target/bin/$(basename "$program" .c).exe" "$program" -ladvapi32
done

# the native parts of the harness
jna=$(readlink -f "$jna")
cd "$target/build"
for dll in kernel32 advapi32; do
	"$winedump" -j export "$modules/$dll.dll" | awk -v dll=$dll '$1 ~ /^[0-9A-F]+$/ && length($1) == 8 { print dll, $3 }'
done | awk -v STUBS=stubs.S -v TABLE=table.h -f "$source/stubs.awk"
"$winegcc" -O1 -g -I"$source" -o host "$source/host.c" -ldl -lpthread
"$gcc" -O1 -g -I. -I"$source" -shared -fPIC -Wl,-Bsymbolic -o ../libwinshim.so "$source/shim.c" stubs.S -lpthread -ldl
"$gcc" -O2 -g -fno-builtin -shared -fPIC -o ../libarena.so "$source/arena.c" -ldl
cp host.exe.so ..
for library in kernel32 advapi32; do
	ln -s libwinshim.so "../lib$library.so"
done
"$jdk/bin/javac" -d . "$source/OsNameAgent.java"
printf 'Premain-Class: OsNameAgent\n' > manifest
"$jdk/bin/jar" cfm ../os-name-agent.jar manifest OsNameAgent.class
"$jdk/bin/jar" xf "$jna" com/sun/jna/linux-x86-64/libjnidispatch.so
cp com/sun/jna/linux-x86-64/libjnidispatch.so ../boot

# a JDK of links; java.home is where libjvm.so really is, so that one is a copy
mkdir -p ../jdk/bin ../jdk/lib
for entry in "$jdk"/*; do
	case $(basename "$entry") in bin | lib) ;; *) ln -s "$entry" ../jdk/ ;; esac
done
for entry in "$jdk"/lib/*; do
	case $(basename "$entry") in server | libjli.so) cp -r "$entry" ../jdk/lib/ ;; *) ln -s "$entry" ../jdk/lib/ ;; esac
done
for entry in "$jdk"/bin/*; do
	[ "$(basename "$entry")" = java ] || ln -s "$entry" ../jdk/bin/
done
install -m 755 "$source/java.sh" ../jdk/bin/java
install -m 755 "$source/run.sh" ../run

# the prefix, which is to Wine what an installation is to Windows
cd "$target"
rm -r build
printf 'WINE="%s"\nWINESERVER="%s"\nWINE_VERSION="%s"\n' "$WINE" "$WINESERVER" "$WINE_VERSION" > tools
WINEPREFIX=$target/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=d;mshtml=d;winemenubuilder.exe=d" \
	"$WINE" wineboot --init </dev/null >/dev/null 2>&1
echo "$stamp" > stamp
