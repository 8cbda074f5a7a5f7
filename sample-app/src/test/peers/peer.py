"""A peer in Python (asyncio, and multiprocessing.connection): what it does for the tests of real peers is in README.md."""
import asyncio
import concurrent.futures
import multiprocessing.connection
import os
import socket
import sys
import threading


def path(name):
    return os.environ.get("TMPDIR", "/tmp") + "/CoreFxPipe_" + name


def pattern(size, seed):
    return bytes((seed + i * 7) & 0xFF for i in range(min(size, 256))) * (size // 256 + 1)


def payload(size, seed):
    return pattern(size, seed)[:size]


async def read_frame(reader):
    try:
        return await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def frame(message):
    return len(message).to_bytes(4, "big") + message


async def exchange(name, count, size, seed):
    reader, writer = await asyncio.open_unix_connection(path(name))
    for i in range(count):
        writer.write(frame(payload(size, seed + i)))
        await writer.drain()
        if await read_frame(reader) != payload(size, seed + i):
            raise IOError(f"message {i} came back as another")
    writer.close()
    await writer.wait_closed()


async def exchange_all(name, count, size, connections):
    await asyncio.gather(*(exchange(name, count, size, n * 31) for n in range(connections)))
    print("ok", count * connections)


async def cut(name):
    _, writer = await asyncio.open_unix_connection(path(name))
    writer.write(b"\0\0\0\x64abc")
    await writer.drain()
    writer.close()
    print("cut")


async def hold(name):
    reader, writer = await asyncio.open_unix_connection(path(name))
    writer.write(frame(b"hello"))
    await read_frame(reader)
    print("connected")
    print("ended" if await read_frame(reader) is None else "something came")


async def serve(name):
    async def echo(reader, writer):
        while (message := await read_frame(reader)) is not None:
            writer.write(frame(message))
            await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(echo, path(name))
    print("serving")
    await server.serve_forever()


def message_mode(name):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as pipe:
        pipe.connect(path(name))
        for size in (4, 2, 4, 5000):
            pipe.send(payload(size, size))
            if pipe.recv(10000) != payload(size, size):
                raise IOError(f"a message of {size} bytes came back as another")
    print("ok 4")


# multiprocessing.connection: the same length header, and with a key a handshake before the first message
def connection(name, key):
    return multiprocessing.connection.Client(path(name), "AF_UNIX", authkey=key)


def connection_exchange(name, key, count, size, connections):
    def run(seed):
        with connection(name, key) as pipe:
            for i in range(count):
                pipe.send_bytes(payload(size, seed + i))
                if pipe.recv_bytes() != payload(size, seed + i):
                    raise IOError(f"message {i} came back as another")

    with concurrent.futures.ThreadPoolExecutor(connections) as threads:
        list(threads.map(run, range(0, connections * 31, 31)))
    print("ok", count * connections)


def connection_cut(name, key):
    with connection(name, key) as pipe:
        os.write(pipe.fileno(), b"\0\0\0\x64abc")
    print("cut")


def connection_hold(name, key):
    with connection(name, key) as pipe:
        pipe.send_bytes(b"hello")
        pipe.recv_bytes()
        print("connected")
        try:
            pipe.recv_bytes()
            print("something came")
        except (EOFError, ConnectionError):
            print("ended")


def connection_server(name, key):
    def echo(pipe):
        try:
            while True:
                pipe.send_bytes(pipe.recv_bytes())
        except (EOFError, OSError):
            pipe.close()

    if os.path.exists(path(name)):
        os.remove(path(name))
    listener = multiprocessing.connection.Listener(path(name), "AF_UNIX", backlog=64, authkey=key)
    print("serving")
    while True:
        try:
            pipe = listener.accept()
        except (multiprocessing.AuthenticationError, EOFError, OSError) as ex:
            print("refused:", ex)
            continue
        threading.Thread(target=echo, args=(pipe,), daemon=True).start()


def main(role, name, scenario, *rest):
    numbers = [int(number) for number in rest if number.isdigit()]
    key = next((option[4:].encode() for option in rest if option.startswith("key=")), None)
    if "connection" in rest:
        scenarios = {
            "client exchange": connection_exchange,
            "client cut": connection_cut,
            "client hold": connection_hold,
            "server echo": connection_server,
        }
        scenarios[f"{role} {scenario}"](name, key, *numbers)
    elif (role, scenario) == ("client", "exchange"):
        asyncio.run(exchange_all(name, *numbers))
    elif (role, scenario) == ("client", "cut"):
        asyncio.run(cut(name))
    elif (role, scenario) == ("client", "hold"):
        asyncio.run(hold(name))
    elif (role, scenario) == ("client", "message"):
        message_mode(name)
    elif (role, scenario) == ("server", "echo"):
        asyncio.run(serve(name))
    else:
        raise ValueError(f"unknown: {role} {scenario}")


try:
    sys.stdout.reconfigure(line_buffering=True)
    main(*sys.argv[1:])
except Exception as ex:
    print("error:", type(ex).__name__, ex)
    sys.exit(1)
