#!/usr/bin/env python3
"""Sends an order to the sample and prints the answer: orders.py [item] [quantity]"""
import json
import os
import socket
import sys


def connect(name):
    if os.name == "nt":  # not run where this was written
        return open(r"\\.\pipe" + "\\" + name, "r+b", buffering=0)
    folder = os.environ.get("TMPDIR") or "/tmp"
    pipe = socket.socket(socket.AF_UNIX)
    pipe.connect(os.path.join(folder, "CoreFxPipe_" + name))
    return pipe.makefile("rwb", buffering=0)


item = sys.argv[1] if len(sys.argv) > 1 else "tea"
quantity = int(sys.argv[2]) if len(sys.argv) > 2 else 2
try:
    with connect("orders") as pipe:
        order = {"item": item, "quantity": quantity}
        pipe.write(json.dumps(order).encode() + b"\n")
        answer = pipe.readline()
except (BrokenPipeError, ConnectionResetError):
    answer = b""
except OSError as error:
    sys.exit("cannot connect: " + error.strerror)
if not answer:
    sys.exit("the sample closed the connection")
print(answer.decode(), end="")
