"""Answers lines, or does what they say: be late with an answer, say nothing, or die."""
import os
import signal
import sys

if "stubborn" in sys.argv:
    for ignored in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stderr.write("stubborn\n")
    sys.stderr.flush()
    while True:
        signal.pause()
for greeting in sys.argv[1:]:
    print(greeting, flush=True)
late = []
for line in sys.stdin:
    line = line.rstrip("\n")
    if line == "die":
        os._exit(3)
    if line == "late":
        late.append(line)
        continue
    if line == "mute":
        continue
    for answer in late + [line]:
        print("re: " + answer, flush=True)
    late.clear()
