#!/bin/sh
# The java command of the harness: HotSpot for Linux inside a Wine process, os.name "Windows 11".
JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$0")")")
harness=$(dirname "$JAVA_HOME")
: "${WINEPREFIX:=$harness/prefix}" "${WINEDEBUG:=-all}" "${WINEDLLOVERRIDES:=mscoree=d;mshtml=d;winemenubuilder.exe=d}"
export JAVA_HOME WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
. "$harness/tools"

# Wine's services inherit their standard streams. They are started first, without ours:
# whoever reads those would wait for them.
"$WINESERVER" -k0 >/dev/null 2>&1 || "$WINE" wineboot </dev/null >/dev/null 2>&1

# -Xrs: the signals are Wine's.
LD_PRELOAD=$harness/libarena.so exec "$WINE" "$harness/host.exe.so" -Xrs \
	"-javaagent:$harness/os-name-agent.jar=Windows 11" -Djdk.attach.allowAttachSelf=true \
	"-Djna.boot.library.path=$harness/boot" "-Djna.library.path=$harness" \
	"-Dwine.version=$WINE_VERSION" "-Dwine.command=$WINE" "-Dwindows.programs=$harness/bin" "$@"
