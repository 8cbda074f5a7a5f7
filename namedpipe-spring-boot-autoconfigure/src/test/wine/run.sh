#!/bin/sh
# run PROGRAM.exe [ARGUMENT ...]: a program for Windows where jdk/bin/java runs, so that they share pipes.
harness=$(dirname "$(readlink -f "$0")")
: "${WINEPREFIX:=$harness/prefix}" "${WINEDEBUG:=-all}" "${WINEDLLOVERRIDES:=mscoree=d;mshtml=d;winemenubuilder.exe=d}"
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
. "$harness/tools"
exec "$WINE" "$@"
