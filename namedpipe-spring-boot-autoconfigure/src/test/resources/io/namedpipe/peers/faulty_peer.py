"""Clients that misbehave: faulty_peer.py byte|message PATH FAULT COUNT [ARGUMENT].

Prints "ready" once the fault is there, and goes on with it until it is killed or its input ends.
"""
import os
import random
import selectors
import signal
import socket
import struct
import sys
import threading
import time

mode, path, fault, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
argument = float(sys.argv[5]) if len(sys.argv) > 5 else 0
kind = socket.SOCK_STREAM if mode == "byte" else socket.SOCK_SEQPACKET
signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def connect():
    s = socket.socket(socket.AF_UNIX, kind)
    s.connect(path)
    return s


def frame(payload):
    return struct.pack(">i", len(payload)) + payload if mode == "byte" else payload


def ready(*words):
    print("ready", *words, flush=True)


def until_the_end():
    """Waits for the end of the input; a thread of its own, so that any fault can be ended that way."""
    sys.stdin.read()
    os._exit(0)


def crowd():
    return [connect() for _ in range(count)]


def silent():
    peers = crowd()
    ready(len(peers))
    threading.Event().wait()


def crawl():
    """One byte of a frame at a time, each connection every ARGUMENT seconds."""
    peers, text, at = crowd(), frame(b"x" * 64), 0
    ready(len(peers))
    pause = threading.Event()
    while True:
        for s in peers:
            s.send(text[at % len(text):at % len(text) + 1])
        at += 1
        pause.wait(argument)


def deaf():
    """Asks and asks, and never reads an answer. Ready when the server can write no more to anybody."""
    peers, text = crowd(), frame(b"x" * 1000)
    rest = {}
    for s in peers:
        s.setblocking(False)
        rest[s] = b""
    stuck = {}
    told = False
    while True:
        for s in list(rest):
            try:
                while True:
                    data = rest[s] or text
                    sent = s.send(data)
                    rest[s] = data[sent:]
                    stuck[s] = 0
            except BlockingIOError:
                stuck[s] = stuck.get(s, 0) + 1
            except OSError:
                del rest[s]
                stuck[s] = 1000
        if not told and all(stuck[s] > 10 for s in peers):
            told = True
            ready(len(peers))
        threading.Event().wait(0.01)


def one_by_one(data, reason=None):
    """Each connection in its turn sends something and waits until the server has had enough of it."""
    closed = 0
    for i in range(count):
        s = connect()
        try:
            s.sendall(data(i))
            while s.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass
        closed += 1
        s.close()
    ready(closed)
    threading.Event().wait()


def garbage():
    source = random.Random(argument)
    one_by_one(lambda i: struct.pack(">I", 0x80000000 | source.getrandbits(31)) + source.randbytes(50000))


def huge():
    if mode == "byte":
        one_by_one(lambda i: struct.pack(">i", 0x7fffffff) + b"x" * 100)
    else:
        one_by_one(lambda i: b"x" * int(argument))


def half():
    """The beginning of a frame, and then nothing."""
    peers = crowd()
    for s in peers:
        s.send(frame(b"x" * 64)[:20])
    ready(len(peers))
    threading.Event().wait()


def hello_and_goodbye():
    for _ in range(count):
        connect().close()
    ready(count)
    threading.Event().wait()


def endless_hello_and_goodbye():
    ready(0)
    while True:
        try:
            connect().close()
        except OSError:
            threading.Event().wait(0.001)


def polite():
    """A question on each connection, and the next when the answer is there."""
    peers, text = crowd(), frame(b"x" * 64)
    selector = selectors.DefaultSelector()
    got = {}
    for s in peers:
        selector.register(s, selectors.EVENT_READ)
        got[s] = 0
        s.sendall(text)
    told = False
    answers = 0
    while True:
        for key, _ in selector.select():
            s = key.fileobj
            data = s.recv(len(text) - got[s] if mode == "byte" else 65536)
            if not data:
                print("closed", flush=True)
                os._exit(3)
            got[s] += len(data)
            if got[s] == len(text):
                got[s] = 0
                answers += 1
                s.sendall(text)
        if not told and answers >= 3 * count:
            told = True
            ready(count)
        if told and answers % 1000 < 10:
            threading.Event().wait(0.001)


def sip(size=1):
    """Asks for much and reads a byte (or message) of the answers every ARGUMENT seconds."""
    peers, text = crowd(), frame(b"x" * 1000)
    for s in peers:
        s.setblocking(False)
    rest = dict.fromkeys(peers, b"")
    told = False
    start, done = time.monotonic(), 0
    while True:
        # as many as there would be without a stall of the machine
        due = int((time.monotonic() - start) / argument) + 1
        for s in list(rest):
            try:
                while True:
                    data = rest[s] or text
                    rest[s] = data[s.send(data):]
            except BlockingIOError:
                pass
            except OSError:
                del rest[s]
                continue
            try:
                for _ in range(due - done):
                    s.recv(size)
            except BlockingIOError:
                pass
        done = due
        if not told:
            told = True
            ready(count)
        threading.Event().wait(argument)


def dawdle():
    """Asks for much and reads one answer every ARGUMENT seconds."""
    sip(len(frame(b"x" * 1000)))


threading.Thread(target=until_the_end, daemon=True).start()
globals()[fault.replace("-", "_")]()
