# Sourced: where the JDKs for Windows are kept, and what they have to be.
cache=${NAMEDPIPE_TESTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namedpipe-tests}

# runtime RELEASE: sets package, version, java_version and sum
runtime() {
	line=$(grep "^$1 " "$source/runtimes") || { echo "there is no JDK $1 in 'runtimes'" >&2; return 1; }
	read -r _ package version java_version sum <<-EOF
		$line
	EOF
}

# is_complete: whether the package is there, unchanged; sets wheel
is_complete() {
	wheel=$(find "$cache" -maxdepth 1 -name "$package-$version-*win_amd64.whl" 2>/dev/null | head -n 1)
	[ -n "$wheel" ] && echo "$sum  $wheel" | sha256sum --check --status
}
