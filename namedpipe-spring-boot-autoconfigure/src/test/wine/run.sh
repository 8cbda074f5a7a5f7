#!/bin/bash
# run.sh PROGRAM.exe [ARGUMENT ...]: a program for Windows where bin/java runs, so that they share pipes.
# What it prints goes through files: Wine keeps an inherited descriptor open after the end, and the reader would wait.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$home/settings"
: "${WINEPREFIX:=$(dirname "$home")/prefix}" "${WINEDEBUG:=-all}"
export WINEPREFIX WINEDEBUG
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT
"$WINE" "$@" </dev/null >"$out" 2>"$err" &
program=$!
trap 'kill $program' TERM INT
tail -n +1 -s 0.2 -f --pid=$program "$out" &
tail -n +1 -s 0.2 -f --pid=$program "$err" >&2 &
wait $program
status=$?
wait
exit $status
