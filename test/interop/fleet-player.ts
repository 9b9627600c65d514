/**
 * Program: many clients behind a relay that forwards to every server. Each gets a lease, or extends the one that it has, and
 * asks again until it is answered or the time is over. Prints a JSON list of what each was told, null for nothing.
 * Usage: node fleet-player.js JSON, the JSON being a FleetPlan.
 */
import { createSocket } from 'node:dgram';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply, readReply } from '../engine/packets.ts';
import type { FleetClient, FleetPlan, Granted } from './fleet.ts';

const RELAY_PORT = 67;
const AGAIN_MS = 700;

const plan: FleetPlan = JSON.parse(process.argv[2] ?? '');
const granted: (Granted | null)[] = plan.clients.map(() => null);
const socket = createSocket('udp4');
let nextXid = plan.firstXid;
/** Transaction -> the client that began it. */
const clientOf = new Map<number, number>();

function send(
  index: number,
  type: number,
  ciaddr: string,
  more: readonly (readonly [number, number[]])[],
): void {
  const { mac, options } = plan.clients[index]!;
  const own = options.map(([code, hex]) => [code, [...Buffer.from(hex, 'hex')]] as const);
  const xid = nextXid++;
  clientOf.set(xid, index);
  const query = packet({ type, xid, mac, ciaddr, giaddr: plan.relay, options: [...more, ...own] });
  for (const target of plan.targets) socket.send(query, RELAY_PORT, target);
}

function begin(index: number, { held }: FleetClient): void {
  if (held === undefined) send(index, MessageType.discover, '0.0.0.0', []);
  else send(index, MessageType.request, held, []);
}

function take(index: number, { type, yiaddr, options }: Reply): void {
  const server = [...(options.get(54) ?? [])];
  if (type === MessageType.offer) {
    // One offer is taken, and every server hears which.
    if (granted[index] !== null || accepted.has(index)) return;
    accepted.add(index);
    send(index, MessageType.request, '0.0.0.0', [
      [50, ip(yiaddr)],
      [54, server],
    ]);
    return;
  }
  if (type !== MessageType.ack) return;
  granted[index] = {
    address: yiaddr,
    server: server.join('.'),
    options: Object.fromEntries(
      plan.shown.map((code) => [code, Buffer.from(options.get(code) ?? []).toString('latin1')]),
    ),
  };
  if (granted.every((each) => each !== null)) end();
}

/** Clients that have taken an offer in this round. */
const accepted = new Set<number>();

function askAll(): void {
  accepted.clear();
  for (const [index, client] of plan.clients.entries()) if (granted[index] === null) begin(index, client);
}

function end(): void {
  socket.close();
  process.stdout.write(`fleet: ${JSON.stringify(granted)}\n`, () => process.exit(0));
}

socket.on('message', (bytes) => {
  if (bytes[0] !== 2) return;
  const reply = readReply(bytes);
  const index = clientOf.get(reply.xid);
  if (index !== undefined) take(index, reply);
});
socket.bind(RELAY_PORT, plan.relay, () => {
  askAll();
  setInterval(askAll, AGAIN_MS);
  setTimeout(end, plan.milliseconds);
});
