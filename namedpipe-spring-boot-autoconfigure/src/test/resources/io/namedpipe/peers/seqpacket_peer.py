"""A SEQPACKET client that does what it is told, line by line on its standard input."""
import array
import os
import socket
import sys

s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])
print("connected", os.getpid(), flush=True)
for line in sys.stdin:
    command, _, argument = line.rstrip("\n").partition(" ")
    try:
        if command == "send":
            print("sent", s.send(argument.encode()), flush=True)
        elif command == "sendsize":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(argument) + 32)
            print("sent", s.send(b"x" * int(argument)), flush=True)
        elif command == "send16":
            print("sent", s.send((argument + "\0").encode("utf-16-le")), flush=True)
        elif command == "recv16":
            message = s.recv(1 << 22)
            print("got", len(message), message.decode("utf-16-le").rstrip("\0"), flush=True)
        elif command == "sendfile":
            with open("/dev/null") as passed:
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [passed.fileno()] * 8))
                print("sent", s.sendmsg([argument.encode()], [rights]), flush=True)
        elif command == "recv":
            print("got", s.recv(1 << 22).decode(), flush=True)
        elif command == "recvsize":
            print("got", len(s.recv(1 << 22)), flush=True)
        elif command == "shutdown":
            s.shutdown(socket.SHUT_WR)
            print("shut down", flush=True)
        elif command == "close":
            s.close()
            print("closed", flush=True)
    except OSError as ex:
        print("error", ex.strerror, flush=True)
