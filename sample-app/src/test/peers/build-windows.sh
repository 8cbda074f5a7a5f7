#!/bin/sh
# build-windows.sh JAVA FOLDER: builds the peers for Windows where there is a JVM for Windows to try them with.
[ -x "$1" ] || exit 0
sources=$(dirname "$0")
for language in dotnet node go c rust; do
	sh "$sources/build.sh" windows $language "$2/$language"
	status=$?
	[ $status = 0 ] || [ $status = 3 ] || exit 1
done
