#!/usr/bin/env python3
"""Sends messages to the sample's echo in message mode and prints what comes back: messages.py hello world
Linux only. Each send is one message, an empty one too."""
import os
import socket
import sys

folder = os.environ.get("TMPDIR") or "/tmp"
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as pipe:
    pipe.connect(os.path.join(folder, "CoreFxPipe_messages"))
    for message in sys.argv[1:] or ["hello"]:
        sent = message.encode()
        try:
            pipe.send(sent)
            answer = pipe.recv(64 * 1024)
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        # an echo has the size of what was sent; at the end of the connection nothing is received
        if answer is None or len(answer) != len(sent):
            sys.exit("the sample closed the connection")
        print(answer.decode())
