// Sends each argument to the sample's echo and prints what comes back: node echo.js hello world
// A message is its length in four bytes, big-endian, and then its bytes.
const net = require('node:net');
const path = require('node:path');

function address(name) {
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}`
    : path.join(process.env.TMPDIR || '/tmp', `CoreFxPipe_${name}`);
}

function frame(text) {
  const payload = Buffer.from(text, 'utf8');
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

const messages = process.argv.length > 2 ? process.argv.slice(2) : ['hello'];
let missing = messages.length;
let received = Buffer.alloc(0);

const pipe = net.connect(address('echo'), () => messages.forEach((message) => pipe.write(frame(message))));

pipe.on('data', (chunk) => {
  received = Buffer.concat([received, chunk]);
  while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
    const end = 4 + received.readUInt32BE(0);
    console.log(received.toString('utf8', 4, end));
    received = received.subarray(end);
    missing--;
  }
  if (missing === 0) {
    pipe.end();
  }
});

pipe.on('error', (error) => {
  if (error.syscall === 'connect') {
    console.error(`cannot connect: ${error.code}`);
    process.exit(1);
  }
});

pipe.on('close', () => {
  if (missing > 0) {
    console.error(`the sample closed the connection, ${missing} answers are missing`);
    process.exitCode = 1;
  }
});
