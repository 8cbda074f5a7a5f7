#!/bin/bash
# The java command of a JDK for Windows under Wine. Arguments that are paths of this machine become paths of Windows.
home=$(dirname "$(dirname "$(readlink -f "$0")")")

windows_path() {
	echo "Z:${1//\//\\}"
}

class_path() {
	local entries entry separator=
	IFS=: read -ra entries <<<"$1"
	for entry in "${entries[@]}"; do
		printf '%s%s' "$separator" "$(case $entry in /*) windows_path "$entry" ;; *) echo "$entry" ;; esac)"
		separator=';'
	done
}

arguments=() previous=
for argument in "$@"; do
	case $previous,$argument in
		-cp,*:* | -classpath,*:*) arguments+=("$(class_path "$argument")") ;;
		*,/*) arguments+=("$(windows_path "$argument")") ;;
		*) arguments+=("$argument") ;;
	esac
	previous=$argument
done
exec "$home/bin/run" "$home/runtime/bin/java.exe" "-agentpath:$(windows_path "$home/first-instance.dll")" \
	"-Dwindows.programs=$(windows_path "$(dirname "$home")/bin")" "${arguments[@]}"
