"""A peer in Python (asyncio, and multiprocessing.connection): what it does for the tests of real peers is in README.md."""
import asyncio
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
def connection_client(name, key=None):
    with multiprocessing.connection.Client(path(name), "AF_UNIX", authkey=key) as pipe:
        for size in (1, 100, 100_000):
            pipe.send_bytes(payload(size, size))
            if pipe.recv_bytes() != payload(size, size):
                raise IOError(f"a message of {size} bytes came back as another")
    print("ok 3")


def connection_server(name):
    def echo(pipe):
        try:
            while True:
                pipe.send_bytes(pipe.recv_bytes())
        except (EOFError, OSError):
            pipe.close()

    if os.path.exists(path(name)):
        os.remove(path(name))
    listener = multiprocessing.connection.Listener(path(name), "AF_UNIX", backlog=64)
    print("serving")
    while True:
        threading.Thread(target=echo, args=(listener.accept(),), daemon=True).start()


def main(role, name, scenario, *rest):
    numbers = [int(number) for number in rest if number.isdigit()]
    if (role, scenario) == ("client", "exchange"):
        asyncio.run(exchange_all(name, *numbers))
    elif (role, scenario) == ("client", "cut"):
        asyncio.run(cut(name))
    elif (role, scenario) == ("client", "hold"):
        asyncio.run(hold(name))
    elif (role, scenario) == ("client", "message"):
        message_mode(name)
    elif (role, scenario) == ("client", "connection"):
        connection_client(name, *(key.encode() for key in rest))
    elif (role, scenario) == ("server", "echo"):
        asyncio.run(serve(name))
    elif (role, scenario) == ("server", "connection"):
        connection_server(name)
    else:
        raise ValueError(f"unknown: {role} {scenario}")


try:
    sys.stdout.reconfigure(line_buffering=True)
    main(*sys.argv[1:])
except Exception as ex:
    print("error:", type(ex).__name__, ex)
    sys.exit(1)
