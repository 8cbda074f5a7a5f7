#!/bin/sh
# Prints what the sample's ticker sends, until it is interrupted.
exec socat -u "UNIX-CONNECT:${TMPDIR:-/tmp}/CoreFxPipe_ticker" -
