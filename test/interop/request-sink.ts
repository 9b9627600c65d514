/**
 * Program: takes the place of kea-dhcp-ddns and prints each name change request as a line, its JSON as it came.
 * Usage: node request-sink.js
 */
import { createSocket } from 'node:dgram';

const PORT = 53001;
const LENGTH_BYTES = 2;

/** What comes while a busy machine lets this program wait is kept; the kernel's default holds some hundred. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
socket.on('message', (datagram) => {
  const json = datagram.subarray(LENGTH_BYTES);
  const isFramed = datagram.readUInt16BE() === json.length;
  process.stdout.write(`${isFramed ? '' : 'wrong length: '}${json}\n`);
});
socket.bind(PORT, '127.0.0.1', () => process.stdout.write('listening\n'));
