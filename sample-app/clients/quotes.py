#!/usr/bin/env python3
"""The process that the sample is a client of: names a price for each item it is asked for."""
import errno
import os
import signal
import socket
import socketserver
import sys

PRICES = {"tea": "3.50", "coffee": "4.20"}
PATH = os.path.join(os.environ.get("TMPDIR") or "/tmp", "CoreFxPipe_quotes")


class Quotes(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            price = PRICES.get(line.decode().strip(), "unknown")
            self.wfile.write(price.encode() + b"\n")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


with socket.socket(socket.AF_UNIX) as probe:
    if probe.connect_ex(PATH) == errno.ECONNREFUSED:  # left behind by one that was killed
        os.unlink(PATH)

signal.signal(signal.SIGTERM, signal.default_int_handler)
with Server(PATH, Quotes) as server:
    try:
        print("serving " + PATH, flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit()
    finally:
        os.unlink(PATH)
