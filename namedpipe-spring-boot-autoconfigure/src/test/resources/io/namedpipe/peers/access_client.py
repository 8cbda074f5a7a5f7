#!/usr/bin/env python3
"""A client of an echo server that becomes another user first.

access_client.py stream|seqpacket PATH UID GID [GROUP,...]

Takes a command per line:
  connect       connect, exchange a few bytes, close
  connect N     N times in a row
  hammer        connect in a row until the next line, and until it was refused or turned away
  open          connect and stay
  exchange X    exchange X on the open connection
  receive       read from the open connection
"""
import collections
import os
import select
import socket
import sys

KIND = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}[sys.argv[1]]
PATH = sys.argv[2]


def connect():
    client = socket.socket(socket.AF_UNIX, KIND)
    client.settimeout(30)
    client.connect(PATH)
    return client


def exchange(client, data):
    try:
        client.sendall(data)
        reply = client.recv(1000)
        return "admitted" if reply == data else "turned away" if not reply else "wrong reply"
    except (BrokenPipeError, ConnectionResetError):
        return "turned away"


def attempt():
    try:
        client = connect()
    except PermissionError:
        return "refused"
    except (FileNotFoundError, ConnectionRefusedError):
        return "absent"
    except BlockingIOError:
        return "busy"
    with client:
        return exchange(client, b"ping")


def attempts(going):
    results = collections.Counter()
    while going(results):
        results[attempt()] += 1
    return ", ".join(f"{name} {count}" for name, count in sorted(results.items()))


os.setgroups([int(group) for group in sys.argv[5].split(",")] if len(sys.argv) > 5 else [])
os.setresgid(*[int(sys.argv[4])] * 3)
os.setresuid(*[int(sys.argv[3])] * 3)
print("ready", flush=True)
opened = None
for line in iter(sys.stdin.readline, ""):
    command, _, argument = line.rstrip("\n").partition(" ")
    if command == "connect" and not argument:
        answer = attempt()
    elif command == "connect":
        answer = attempts(lambda results: sum(results.values()) < int(argument))
    elif command == "hammer":
        print("hammering", flush=True)
        answer = attempts(lambda results: not select.select([sys.stdin], [], [], 0)[0]
                          or not results["refused"] + results["turned away"])
        sys.stdin.readline()
    elif command == "open":
        try:
            opened = connect()
            answer = "opened"
        except PermissionError:
            answer = "refused"
    elif command == "exchange":
        answer = exchange(opened, argument.encode())
    else:
        try:
            answer = opened.recv(100000).decode()
        except ConnectionResetError:
            answer = ""
    print(answer, flush=True)
