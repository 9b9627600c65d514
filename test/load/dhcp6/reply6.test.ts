import fc from 'fast-check';
import t from 'tap';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ReplyReader6 } from '../../../src/load/dhcp6/reply6.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, opt, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { createReply6 } from './conversation6.ts';

const XID = [1, 2, 3];
const LEASES = [iaNa(1, iaAddress('2001:db8::7', 1, 3600)), iaPd(2, iaPrefix('2001:db8:8000::/56', 1, 7200))];

/** The fields of an answer that stands `before` octets into memory, with `behind` after it; null = malformed. */
function read(datagram: Uint8Array, before = 0, behind = 0): Record<string, number> | null {
  const memory = new Uint8Array(before + datagram.length + behind).fill(1);
  memory.set(datagram, before);
  const reader = new ReplyReader6(memory);
  if (!reader.read(before, datagram.length)) return null;
  const { messageType, xid, serverAt, serverLength } = reader;
  const { addressAt, addressSec, prefixAt, prefixLength, prefixSec } = reader;
  return {
    messageType,
    xid,
    serverAt: serverAt - before,
    serverLength,
    addressSec,
    prefixSec,
    ...(addressSec > 0 && { addressAt: addressAt - before }),
    ...(prefixSec > 0 && { prefixAt: prefixAt - before, prefixLength }),
  };
}

t.test('reads what a client needs, wherever the datagram stands, with and without a relay', async (t) => {
  const relayed = createReply6(MessageType.reply, XID, ...LEASES);
  const expected = {
    messageType: MessageType.reply,
    xid: 0x010203,
    serverLength: SERVER_ID.length,
    addressSec: 3600,
    prefixSec: 7200,
    prefixLength: 56,
  };
  t.match(read(relayed), expected);
  t.same(read(relayed, 50, 100), read(relayed));
  t.match(read(relayed.subarray(38)), expected);
});

t.test('refuses queries, other messages, and answers cut at any octet', async (t) => {
  const relayed = createReply6(MessageType.reply, XID, ...LEASES);
  for (let length = 0; length < relayed.length; length++)
    t.equal(read(relayed.subarray(0, length)), null, `${length} octets`);
  t.equal(read(createReply6(MessageType.request, XID, ...LEASES)), null);
  t.equal(read(createReply6(MessageType.relayReply, XID, ...LEASES)), null, 'a relay more than there is');
  t.equal(read(Uint8Array.of(MessageType.reply, ...XID)), null, 'no server');
});

t.test('refuses options of a wrong length', async (t) => {
  const server = (length: number) => opt(OptionCode.serverId, new Array<number>(length).fill(1));
  for (const options of [
    [opt(OptionCode.iaNa, new Array<number>(11).fill(0))],
    [iaNa(1, opt(OptionCode.iaAddress, new Array<number>(23).fill(1)))],
    [iaPd(2, opt(OptionCode.iaPrefix, new Array<number>(24).fill(1)))],
    [iaPd(2, opt(OptionCode.iaPrefix, new Array<number>(25).fill(129)))],
    [iaPd(2, opt(OptionCode.iaPrefix, new Array<number>(25).fill(0)))],
    [iaNa(1, [0])],
    [server(2)],
    [server(131)],
  ])
    t.equal(read(createReply6(MessageType.reply, XID, ...options)), null);
});

t.test('never reads behind the datagram and never throws, whatever the octets are', async (t) => {
  const option = fc.tuple(
    fc.constantFrom(1, 2, 3, 5, 9, 13, 25, 26, 0x0101),
    fc.integer({ min: 0, max: 40 }),
    fc.uint8Array({ maxLength: 40 }),
  );
  const readsTheSame = fc.property(
    fc.constantFrom(MessageType.reply, MessageType.advertise, MessageType.relayReply),
    fc.array(option, { maxLength: 4 }),
    (type, options) => {
      const header = type === MessageType.relayReply ? new Array<number>(33).fill(0) : XID;
      const octets = options.flatMap(([code, length, data]) => [code >>> 8, code & 255, 0, length, ...data]);
      const datagram = Uint8Array.from([type, ...header, ...octets]);
      return JSON.stringify(read(datagram)) === JSON.stringify(read(datagram, 7, 300));
    },
  );
  t.doesNotThrow(() => fc.assert(readsTheSame, { seed: 6, numRuns: 3000 }));
});
