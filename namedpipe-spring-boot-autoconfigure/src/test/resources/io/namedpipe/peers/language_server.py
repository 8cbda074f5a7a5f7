"""What a language server does: JSON-RPC with a Content-Length before each message."""
import json
import sys

while True:
    length = 0
    while True:
        header = sys.stdin.buffer.readline()
        if not header:
            sys.exit(1)
        if not header.strip():
            break
        name, value = header.decode("ascii").split(":")
        if name.lower() == "content-length":
            length = int(value)
    request = json.loads(sys.stdin.buffer.read(length))
    if request["method"] == "exit":
        sys.exit(0)
    result = {"capabilities": {"hoverProvider": True}} if request["method"] == "initialize" else None
    body = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode("utf-8")
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()
