# The client of the .NET guide to anonymous pipes, as a child process of the sample: waits for SYNC,
# then shows each line. Started by the profile "parent" with the handle that it reads.
import os
import sys

with os.fdopen(int(sys.argv[1]), encoding="utf-8") as parent:
    print("[CHILD] Wait for sync...", flush=True)
    for line in parent:
        if line.startswith("SYNC"):
            break
    for line in parent:
        print("[CHILD] Echo: " + line.rstrip("\n"), flush=True)
