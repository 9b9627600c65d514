/**
 * Program: clients of one link that ask all at once, each one time, and behind them one that asks until it is answered: answers keep
 * their order, so that whatever has not come by then is lost. Prints "sent", then "N of M offers".
 * Usage: node client-burst.js CLIENTS BROADCAST, the address of all on the link
 */
import { createSocket } from 'node:dgram';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { packet, readReply } from '../engine/packets.ts';

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const AGAIN_MS = 200;
const TIMEOUT_MS = 60_000;

const [count, broadcast] = process.argv.slice(2);
const clients = Number(count);
const offered = new Set<number>();
const socket = createSocket('udp4');

function discover(client: number): void {
  const mac = `02:00:00:00:00:${client.toString(16).padStart(2, '0')}`;
  const query = packet({ type: MessageType.discover, xid: client, mac, giaddr: '0.0.0.0', flags: 0x8000 });
  socket.send(query, SERVER_PORT, broadcast);
}

function end(): void {
  const found = [...offered].filter((client) => client <= clients).length;
  process.stdout.write(`${found} of ${clients} offers\n`, () => process.exit(0));
}

socket.on('message', (bytes) => {
  const { type, xid } = readReply(bytes);
  if (type !== MessageType.offer) return;
  offered.add(xid);
  if (xid === clients + 1) end();
});

socket.bind(CLIENT_PORT, () => {
  socket.setBroadcast(true);
  for (let client = 1; client <= clients; client++) discover(client);
  process.stdout.write('sent\n');
  setInterval(() => discover(clients + 1), AGAIN_MS);
  setTimeout(end, TIMEOUT_MS);
});
