"""A peer that keeps account of numbered messages with a checksum, in a file that survives its being killed.

exact_peer.py byte|message serve|connect receive|send PATH FILE [FIRST]

Receiving, it appends each number to FILE (8 bytes). Sending, it writes the number after the last one it began to
send to FILE. A message is the number (8 bytes), filling, and the CRC32 of both (4 bytes).
"""
import os
import socket
import struct
import sys
import threading
import time
import zlib

mode, side, role, path, file = sys.argv[1:6]
kind = socket.SOCK_STREAM if mode == "byte" else socket.SOCK_SEQPACKET
account = os.open(file, os.O_CREAT | os.O_WRONLY | (os.O_APPEND if role == "receive" else 0), 0o600)


def exactly(s, count):
    data = b""
    while len(data) < count:
        part = s.recv(count - len(data))
        if not part:
            return None
        data += part
    return data


def receive(s):
    if mode == "message":
        return s.recv(100000) or None
    header = exactly(s, 4)
    return exactly(s, struct.unpack(">i", header)[0]) if header else None


def receive_all(s):
    while True:
        message = receive(s)
        if message is None:
            return
        if zlib.crc32(message[:-4]) != struct.unpack(">I", message[-4:])[0]:
            print("broken", flush=True)
            os._exit(9)
        os.write(account, message[:8])


def send_all(s):
    number = int(sys.argv[6])
    while True:
        os.pwrite(account, struct.pack(">q", number + 1), 0)
        content = struct.pack(">q", number) + b"x" * (number * 37 % 900)
        content += struct.pack(">I", zlib.crc32(content))
        s.sendall((struct.pack(">i", len(content)) if mode == "byte" else b"") + content)
        number += 1


def converse(s):
    try:
        receive_all(s) if role == "receive" else send_all(s)
    except OSError:
        pass
    s.close()


if side == "serve":
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    server = socket.socket(socket.AF_UNIX, kind)
    server.bind(path)
    server.listen(50)
    print("ready", flush=True)
    while True:
        threading.Thread(target=converse, args=(server.accept()[0],), daemon=True).start()
else:
    client = socket.socket(socket.AF_UNIX, kind)
    client.connect(path)
    print("ready", flush=True)
    converse(client)
    time.sleep(1000)
