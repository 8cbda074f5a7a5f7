// A peer on Node: what it does for the tests of real peers is in README.md.
'use strict';
const fs = require('node:fs');
const net = require('node:net');

const [role, name, scenario, ...rest] = process.argv.slice(2);
const windows = process.platform === 'win32';
const path = windows ? `\\\\.\\pipe\\${name}` : name.startsWith('/') ? name : `${process.env.TMPDIR ?? '/tmp'}/CoreFxPipe_${name}`;

function frame(payload) {
  const bytes = Buffer.alloc(4 + payload.length);
  bytes.writeUInt32BE(payload.length);
  payload.copy(bytes, 4);
  return bytes;
}

function frames(socket, onFrame) {
  let pending = [];
  let size = 0;
  socket.on('data', (chunk) => {
    pending.push(chunk);
    size += chunk.length;
    while (size >= 4) {
      if (pending[0].length < 4) {
        pending = [Buffer.concat(pending)];
      }
      const length = pending[0].readUInt32BE();
      if (size < 4 + length) {
        return;
      }
      const all = Buffer.concat(pending);
      pending = [all.subarray(4 + length)];
      size -= 4 + length;
      onFrame(all.subarray(4, 4 + length));
    }
  });
}

function pattern(size, seed) {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) {
    bytes[i] = seed + i * 7;
  }
  return bytes;
}

function exchange(count, size, seed) {
  return new Promise((resolve, reject) => {
    let done = 0;
    const socket = net.connect(path);
    const next = () => socket.write(frame(pattern(size, seed + done)));
    frames(socket, (reply) => {
      if (!reply.equals(pattern(size, seed + done))) {
        reject(new Error(`message ${done} came back as another`));
      }
      if (++done === count) {
        socket.end(resolve);
      } else {
        next();
      }
    });
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed after ${done}`)));
  });
}

const scenarios = {
  'client exchange': async () => {
    const [count, size, connections] = rest.map(Number);
    await Promise.all(Array.from({ length: connections }, (_, n) => exchange(count, size, n * 31)));
    console.log(`ok ${count * connections}`);
  },
  'client cut': () => {
    const socket = net.connect(path, () => socket.write(Buffer.from([0, 0, 0, 100, 1, 2, 3]), () => {
      socket.destroy();
      console.log('cut');
    }));
  },
  'client hold': () => {
    const socket = net.connect(path, () => socket.write(frame(pattern(5, 0))));
    frames(socket, () => console.log('connected'));
    socket.on('error', () => {});
    socket.on('close', () => console.log('ended'));
  },
  'server echo': () => {
    const server = net.createServer((socket) => {
      frames(socket, (payload) => socket.write(frame(payload)));
      socket.on('error', () => {});
    });
    if (!windows) {
      fs.rmSync(path, { force: true });
    }
    server.listen(path, () => console.log('serving'));
  },
};

process.on('uncaughtException', (ex) => {
  console.log(`error: ${ex.message}`);
  process.exit(1);
});
Promise.resolve(scenarios[`${role} ${scenario}`]()).catch((ex) => {
  console.log(`error: ${ex.message}`);
  process.exit(1);
});
