/**
 * Program: puts queries to a server one by one and prints the answer to each, as a line of hexadecimal digits or "-". Silence
 * is told from slowness without a clock: behind each query goes one that is always answered, and answers keep their order.
 * Usage: node asker.js ADDRESS TARGET FILE [MILLISECONDS until it gives up]; each line of FILE is a query and the one behind it, with transaction ids of
 * their own. To 255.255.255.255 they go as from a client, to any other target as from a relay.
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

const BOOTREPLY = 2;
const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BROADCAST = '255.255.255.255';
const XID_OFFSET = 4;

const [address = '', target = '', file = '', timeout = '20000'] = process.argv.slice(2);
const pairs = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split(' ').map((digits) => Buffer.from(digits, 'hex')));

// A relay's port, and the one of clients that are answered without a relay.
const relay = createSocket('udp4');
const client = createSocket('udp4');
let at = 0;
let answer = '-';
const giveUp = (): void => {
  process.stderr.write(`no answer behind query ${at}\n`);
  process.exit(1);
};
let timer = setTimeout(giveUp, Number(timeout));

function ask(): void {
  const pair = pairs[at];
  if (pair === undefined) {
    process.stdout.write('asked all\n', () => process.exit(0));
    return;
  }
  answer = '-';
  clearTimeout(timer);
  timer = setTimeout(giveUp, Number(timeout));
  const sender = target === BROADCAST ? client : relay;
  for (const datagram of pair) sender.send(datagram, SERVER_PORT, target);
}

function take(datagram: Buffer): void {
  // A broadcast comes back to who has sent it.
  if (datagram[0] !== BOOTREPLY) return;
  const xid = datagram.readUInt32BE(XID_OFFSET);
  const [query, behind] = pairs[at] ?? [];
  if (xid === query?.readUInt32BE(XID_OFFSET)) answer = datagram.toString('hex');
  // What came before it to the other socket may be read after it: all that is there is read before the next phase.
  if (xid === behind?.readUInt32BE(XID_OFFSET)) setImmediate(goOn);
}

function goOn(): void {
  process.stdout.write(`${answer}\n`);
  at += 1;
  ask();
}

relay.on('message', take);
client.on('message', take);
client.bind(CLIENT_PORT, () => {
  client.setBroadcast(true);
  relay.bind(SERVER_PORT, address, ask);
});
