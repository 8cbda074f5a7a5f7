"""Answers lines, or does what they say: sleep before the answer, say nothing, or die."""
import os
import signal
import sys
import time

if "stubborn" in sys.argv:
    for ignored in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stderr.write("stubborn\n")
    sys.stderr.flush()
    while True:
        signal.pause()
for greeting in sys.argv[1:]:
    print(greeting, flush=True)
for line in sys.stdin:
    line = line.rstrip("\n")
    if line == "die":
        os._exit(3)
    if line == "mute":
        continue
    if line.startswith("sleep "):
        time.sleep(float(line.split()[1]))
    print("re: " + line, flush=True)
