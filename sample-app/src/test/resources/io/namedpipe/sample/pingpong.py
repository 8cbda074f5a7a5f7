"""Exchanges messages with an echo, and says so after each hundred: pingpong.py [messages]; without end if not told."""
import os
import socket
import struct
import sys

pipe = socket.socket(socket.AF_UNIX)
pipe.connect(os.path.join(os.environ["TMPDIR"], "CoreFxPipe_echo"))
answers = pipe.makefile("rb")
end = int(sys.argv[1]) if len(sys.argv) > 1 else -1
number = 0
while number != end:
    message = b"message %d" % number
    pipe.sendall(struct.pack(">I", len(message)) + message)
    (size,) = struct.unpack(">I", answers.read(4))
    assert answers.read(size) == message
    number += 1
    if number % 100 == 0:
        print(number, flush=True)
