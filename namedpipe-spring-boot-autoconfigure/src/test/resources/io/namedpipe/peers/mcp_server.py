"""What a server of the Model Context Protocol does: JSON-RPC by lines on the standard streams."""
import json
import sys

initialized = False
for line in sys.stdin:
    request = json.loads(line)
    method = request["method"]
    if "id" not in request:
        initialized = method == "notifications/initialized"
        print("got " + method, file=sys.stderr, flush=True)
        continue
    if method == "initialize":
        result = {"protocolVersion": request["params"]["protocolVersion"], "serverInfo": {"name": "adder"}}
    else:
        arguments = request["params"]["arguments"]
        result = {"content": [{"type": "text", "text": str(arguments["a"] + arguments["b"])}],
                  "initialized": initialized}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
