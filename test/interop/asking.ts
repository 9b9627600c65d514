/**
 * Program: clients behind a relay that ask for leases with options of one's choice, each again until it is answered, and all
 * are done or the time is over; prints "N offers, N acknowledgements".
 * Usage: node asking.js JSON, the JSON being an AskingPlan.
 */
import { createSocket } from 'node:dgram';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, readReply } from '../engine/packets.ts';

export interface AskingPlan {
  readonly target: string;
  /** Our address: the relay's. */
  readonly local: string;
  readonly clients: number;
  readonly milliseconds: number;
  /** Code and octets in hexadecimal; the client's number follows as one octet more. */
  readonly options: readonly (readonly [number, string])[];
}

const RELAY_PORT = 67;
const AGAIN_MS = 500;

const plan: AskingPlan = JSON.parse(process.argv[2] ?? '');
const seen = { offers: new Set<number>(), acknowledgements: new Set<number>() };
const socket = createSocket('udp4');

function ask(client: number, fields: { type: number; options?: (readonly [number, number[]])[] }): void {
  const extra = plan.options.map(([code, hex]) => [code, [...Buffer.from(hex, 'hex'), client]] as const);
  const options = [...(fields.options ?? []), ...extra];
  const mac = `02:00:00:00:00:${client.toString(16).padStart(2, '0')}`;
  const query = packet({ type: fields.type, xid: client, mac, giaddr: plan.local, options });
  socket.send(query, RELAY_PORT, plan.target);
}

socket.on('message', (bytes) => {
  const { type, xid, yiaddr, options } = readReply(bytes);
  if (type === MessageType.ack) seen.acknowledgements.add(xid);
  if (seen.acknowledgements.size === plan.clients) return end();
  if (type !== MessageType.offer) return;
  seen.offers.add(xid);
  const server = [...(options.get(54) ?? [])];
  ask(xid, {
    type: MessageType.request,
    options: [
      [50, ip(yiaddr)],
      [54, server],
    ],
  });
});
function end(): void {
  socket.close();
  const said = `${seen.offers.size} offers, ${seen.acknowledgements.size} acknowledgements\n`;
  process.stdout.write(said, () => process.exit(0));
}

socket.bind(RELAY_PORT, plan.local, () => {
  const askAll = (): void => {
    for (let client = 1; client <= plan.clients; client++)
      if (!seen.acknowledgements.has(client)) ask(client, { type: MessageType.discover });
  };
  askAll();
  setInterval(askAll, AGAIN_MS);
  setTimeout(end, plan.milliseconds);
});
