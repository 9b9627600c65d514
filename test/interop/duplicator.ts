/**
 * Program: passes every datagram that arrives at port 67 of one address on to port 67 of each target, unchanged, as a
 * relay with several servers does. Answers do not come back here: they go to the relay address inside the query.
 * Usage: node duplicator.js ADDRESS TARGET...
 */
import { createSocket } from 'node:dgram';

const SERVER_PORT = 67;
const SOCKET_BUFFER_BYTES = 8 << 20;

const [address, ...targets] = process.argv.slice(2);
const socket = createSocket({
  type: 'udp4',
  recvBufferSize: SOCKET_BUFFER_BYTES,
  sendBufferSize: SOCKET_BUFFER_BYTES,
});

socket.on('message', (datagram) => {
  for (const target of targets) socket.send(datagram, SERVER_PORT, target);
});
// A killed server's machine answers with "port unreachable"; that is no reason to end.
socket.on('error', (error) => process.stderr.write(`duplicator: ${error.message}\n`));
socket.bind(SERVER_PORT, address, () => process.stdout.write('duplicator listens\n'));
