import fc from 'fast-check';
import t from 'tap';
import { BOOTREQUEST, MessageType, OP_OFFSET } from '../../../src/dhcp4/codes.ts';
import { type ReplyFields, readReply } from '../../../src/load/dhcp4/reply.ts';
import { createReply } from '../conversation.ts';

const fields = (): ReplyFields => ({
  messageType: 9,
  xid: 9,
  yiaddr: 9,
  serverIdentifier: 9,
  leaseTimeSec: 9,
});

t.test('reads what a client needs, wherever the datagram stands', async (t) => {
  const reply = createReply(0xdeadbeef, MessageType.ack, {
    address: 0xc0a80001,
    serverIdentifier: 0x7f000002,
  });
  const memory = new Uint8Array(reply.length + 100).fill(0xaa);
  memory.set(reply, 50);
  const read = fields();
  t.equal(readReply(memory, 50, reply.length, read), true);
  t.same(read, {
    messageType: MessageType.ack,
    xid: 0xdeadbeef,
    yiaddr: 0xc0a80001,
    serverIdentifier: 0x7f000002,
    leaseTimeSec: 3600,
  });
});

t.test(
  'refuses queries, other protocols, and replies cut at any octet before option 53 is complete',
  async (t) => {
    const reply = createReply(1, MessageType.offer);
    for (let length = 0; length < reply.length - 13; length++) {
      t.equal(readReply(reply, 0, length, fields()), false, `${length} octets`);
    }
    const query = reply.slice();
    query[OP_OFFSET] = BOOTREQUEST;
    t.equal(readReply(query, 0, query.length, fields()), false);
    const foreign = reply.slice();
    foreign[236] = 0;
    t.equal(readReply(foreign, 0, foreign.length, fields()), false);
  },
);

t.test('never reads behind the datagram and never throws, whatever the octets are', async (t) => {
  const header = createReply(1, MessageType.offer).subarray(0, 240);
  const readsTheSame = fc.property(fc.uint8Array({ maxLength: 80 }), (options) => {
    const datagram = Uint8Array.from([...header, ...options]);
    // What stands behind it looks like more options.
    const padded = new Uint8Array(datagram.length + 300).fill(1);
    padded.set(datagram);
    const alone = fields();
    const inside = fields();
    const verdict = readReply(datagram, 0, datagram.length, alone);
    return (
      readReply(padded, 0, datagram.length, inside) === verdict &&
      JSON.stringify(inside) === JSON.stringify(alone)
    );
  });
  t.doesNotThrow(() => fc.assert(readsTheSame, { seed: 53, numRuns: 2000 }));
});
