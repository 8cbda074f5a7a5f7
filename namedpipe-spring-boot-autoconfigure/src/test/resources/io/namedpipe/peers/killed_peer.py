"""A peer that keeps account of numbered messages with a checksum, in a file that survives its being killed.

killed_peer.py byte|message serve|connect|open|inherit receive|send PATH FILE

It serves the socket PATH, connects to it, opens the FIFO PATH, or has inherited the descriptor PATH.

Receiving, it appends each number to FILE (8 bytes). Sending, it goes on with the number in FILE, and writes the number
after the last one it began to send to FILE. Once there is a FILE.disturbed, a sender writes half a frame and kills
itself, and a receiver becomes slow. A message is the number (8 bytes), filling, and the CRC32 of both (4 bytes).
"""
import os
import signal
import socket
import struct
import sys
import threading
import time
import zlib

mode, side, role, path, file = sys.argv[1:6]
kind = socket.SOCK_STREAM if mode == "byte" else socket.SOCK_SEQPACKET
account = os.open(file, os.O_CREAT | os.O_RDWR | (os.O_APPEND if role == "receive" else 0), 0o600)


def is_disturbed():
    return os.path.exists(file + ".disturbed")


def exactly(pipe, count):
    data = b""
    while len(data) < count:
        part = os.read(pipe, count - len(data))
        if not part:
            return None
        data += part
    return data


def receive(pipe):
    if mode == "message":
        return os.read(pipe, 100000) or None
    header = exactly(pipe, 4)
    return exactly(pipe, struct.unpack(">i", header)[0]) if header else None


def receive_all(pipe):
    while True:
        message = receive(pipe)
        if message is None:
            return
        if zlib.crc32(message[:-4]) != struct.unpack(">I", message[-4:])[0]:
            print("broken", flush=True)
            os._exit(9)
        os.write(account, message[:8])
        if is_disturbed():
            time.sleep(0.002)


def write_all(pipe, data):
    while data:
        data = data[os.write(pipe, data):]


def send_all(pipe):
    last = os.pread(account, 8, 0)
    number = struct.unpack(">q", last)[0] if last else 0
    while True:
        os.pwrite(account, struct.pack(">q", number + 1), 0)
        content = struct.pack(">q", number) + b"x" * (number * 37 % 900)
        content += struct.pack(">I", zlib.crc32(content))
        frame = (struct.pack(">i", len(content)) if mode == "byte" else b"") + content
        if is_disturbed():
            if mode == "byte":
                write_all(pipe, frame[:len(frame) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        write_all(pipe, frame)
        number += 1


def converse(pipe):
    try:
        receive_all(pipe) if role == "receive" else send_all(pipe)
    except OSError:
        pass
    os.close(pipe)


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
        threading.Thread(target=converse, args=(server.accept()[0].detach(),), daemon=True).start()
if side == "inherit":
    converse(int(path))
    sys.exit()
if side == "open":
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        pass
    pipe = os.open(path, os.O_RDONLY if role == "receive" else os.O_WRONLY)
else:
    client = socket.socket(socket.AF_UNIX, kind)
    client.connect(path)
    pipe = client.detach()
print("ready", flush=True)
converse(pipe)
time.sleep(1000)
