# anonymous.py IN OUT: answers each line on descriptor IN by its length on OUT; "die N" ends it with code N
import os, sys

with os.fdopen(int(sys.argv[1])) as source, os.fdopen(int(sys.argv[2]), "w", buffering=1) as target:
    print("ready", file=sys.stderr)
    for line in source:
        word = line.rstrip("\n")
        if word.startswith("die "):
            sys.exit(int(word[4:]))
        target.write("%d\n" % len(word))
print("end of input", flush=True)
