#!/bin/sh
# Prints what the sample's ticker sends, until there are as many lines as asked for: ticker.sh [lines]
socat -u "UNIX-CONNECT:${TMPDIR:-/tmp}/CoreFxPipe_ticker" - | head -n "${1:-3}"
