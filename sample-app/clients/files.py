#!/usr/bin/env python3
"""Asks the sample for a file, as the client of the .NET guide does: files.py PATH [PIPE]

The sample has to run with the profile "file-server". It opens the file as the user who
runs this script.
"""
import os
import socket
import struct
import sys

GREETING = "I am the one true server!"


def connect(name):
    if os.name == "nt":  # not run where this was written
        return open(r"\\.\pipe" + "\\" + name, "r+b", buffering=0)
    folder = os.environ.get("TMPDIR") or "/tmp"
    pipe = socket.socket(socket.AF_UNIX)
    pipe.connect(os.path.join(folder, name if name.startswith("/") else "CoreFxPipe_" + name))
    return pipe.makefile("rwb", buffering=0)


def read_exactly(pipe, size):
    data = b""
    while len(data) < size:
        part = pipe.read(size - len(data))
        if not part:
            sys.exit("the server closed the connection")
        data += part
    return data


def read_string(pipe):
    (size,) = struct.unpack(">H", read_exactly(pipe, 2))
    return read_exactly(pipe, size).decode("utf-16-le")


def write_string(pipe, text):
    data = text.encode("utf-16-le")
    pipe.write(struct.pack(">H", len(data)) + data)


with connect(sys.argv[2] if len(sys.argv) > 2 else "testpipe") as pipe:
    if read_string(pipe) != GREETING:
        sys.exit("Server could not be verified.")
    write_string(pipe, os.path.abspath(sys.argv[1]))
    print(read_string(pipe), end="")
