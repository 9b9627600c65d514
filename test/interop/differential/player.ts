/**
 * Program: plays scripts against one server and prints what came back, a JSON map a step. Silence is told from slowness
 * without a clock: behind each query goes one that is always answered, and answers keep their order.
 * Usage: node player.js SERVER FILE; FILE holds a JSON list of steps.
 */
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { ip, packet, readReply } from '../../engine/packets.ts';
import { type AddressName, type Answer, BEHIND, type Step } from './scripts.ts';

const BEHIND_XID = 0x8000_0000;
const BOOTREPLY = 2;
const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const TIMEOUT_MS = 20_000;
const SNAME_OFFSET = 44;
const FILE_OFFSET = 108;

const [server = '', file = ''] = process.argv.slice(2);
const steps: readonly Step[] = JSON.parse(readFileSync(file, 'utf8'));
const relay = createSocket('udp4');
const client = createSocket('udp4');
/** What the script has been told so far, and the address of the script before. */
const told = { script: -1, own: '0.0.0.0', former: '0.0.0.0', server };
let at = 0;
let answer: Answer = {};
let timer: NodeJS.Timeout | undefined;

function addressOf(name: AddressName): string {
  return name === 'own' ? told.own : name === 'former' ? told.former : name;
}

function datagramOf(step: Step): Uint8Array {
  const options: [number, Uint8Array | number[]][] = [];
  if (step.wanted !== null) options.push([50, ip(addressOf(step.wanted))]);
  if (step.server !== null) options.push([54, ip(step.server === 'own' ? told.server : step.server)]);
  for (const [code, hex] of step.options) options.push([code, Uint8Array.from(Buffer.from(hex, 'hex'))]);
  const { type, mac, flags, secs, hops, giaddr, fields } = step;
  const datagram = packet({
    type,
    xid: at + 1,
    mac,
    flags,
    secs,
    hops,
    giaddr,
    ciaddr: addressOf(step.ciaddr),
    options,
  });
  datagram.set(Buffer.from(fields?.sname ?? '', 'hex'), SNAME_OFFSET);
  datagram.set(Buffer.from(fields?.file ?? '', 'hex'), FILE_OFFSET);
  return datagram;
}

/**
 * A renewal that changes the name of its lease: it is written, and waits behind what was written before. It goes the way of
 * the query, so that it comes to the same socket of the server.
 */
function behind({ way }: Step): Uint8Array {
  return packet({
    type: MessageType.request,
    xid: BEHIND_XID + at,
    mac: BEHIND.mac,
    hops: 0,
    ciaddr: BEHIND.address,
    giaddr: way === 'relay' ? BEHIND.relay : '0.0.0.0',
    options: [[12, [...Buffer.from(`step-${at}`)]]],
  });
}

function play(): void {
  const step = steps[at];
  clearTimeout(timer);
  if (step === undefined) {
    process.stdout.write('played all\n', () => process.exit(0));
    return;
  }
  if (step.script !== told.script)
    Object.assign(told, { script: step.script, former: told.own, own: '0.0.0.0', server });
  const { ciaddr, wanted } = step;
  answer = { asked: [addressOf(ciaddr), wanted === null ? '' : addressOf(wanted)] };
  timer = setTimeout(() => {
    process.stderr.write(`no answer behind step ${at}: ${JSON.stringify(step)}\n`);
    process.exit(1);
  }, TIMEOUT_MS);
  const [socket, target] = step.way === 'relay' ? [relay, server] : [client, targetOf(step)];
  for (const datagram of [datagramOf(step), behind(step)]) socket.send(datagram, SERVER_PORT, target);
}

function targetOf({ way }: Step): string {
  return way === 'broadcast' ? '255.255.255.255' : server;
}

function take(port: number, datagram: Buffer): void {
  // A broadcast comes back to who has sent it.
  if (datagram[0] !== BOOTREPLY) return;
  const xid = datagram.readUInt32BE(4);
  if (xid === at + 1) remember(port, datagram);
  if (xid !== BEHIND_XID + at) return;
  // What came before it to the other socket is read first.
  setImmediate(() => setImmediate(next));
}

function next(): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  at += 1;
  play();
}

function remember(port: number, datagram: Buffer): void {
  answer = { ...answer, hex: datagram.toString('hex'), port };
  const { type, yiaddr, options } = readReply(datagram);
  if (type === MessageType.nak || yiaddr === '0.0.0.0') return;
  told.own = yiaddr;
  told.server = [...(options.get(54) ?? [])].join('.');
}

function bind(socket: Socket, port: number, done: () => void): void {
  socket.on('message', (datagram) => take(port, datagram));
  socket.bind(port, () => {
    socket.setBroadcast(true);
    done();
  });
}

bind(client, CLIENT_PORT, () => bind(relay, SERVER_PORT, play));
