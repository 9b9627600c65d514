import t from 'tap';
import { MessageType, OptionCode, RELAY_LEVELS_MAX, StatusCode } from '../../src/dhcp6/codes.ts';
import { Field } from '../../src/dhcp6/descriptor.ts';
import { RelayLevels } from '../../src/dhcp6/relay-levels.ts';
import { ReplyWriter } from '../../src/dhcp6/reply-writer.ts';
import { INPUT_OFFSET, INPUT_STRIDE } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';
import {
  address6,
  CLIENT_ID,
  DUID,
  half,
  iaAddress,
  iaOption,
  iaPrefix,
  message6,
  option6,
  relayed,
  SERVER_DUID,
  SERVER_ID,
} from '../oracle/datagram6.ts';
import { classify6, field6 } from '../wasm/batch6.ts';

const SLOT_BYTES = 4096;
const XID = 0xfedcba;
const TEXT = new TextEncoder().encode('no addresses left');
const SOLICIT = message6(MessageType.solicit, CLIENT_ID, XID);
const { advertise, reply, relayForward, relayReply } = MessageType;

const classifier = new Classifier();
const relays = new RelayLevels(classifier.bytes, classifier.relays);
const out = new Uint8Array(3 * SLOT_BYTES);
const writer = new ReplyWriter(out);

/** Points `relays` at a query, the second datagram of a batch. */
function receive(query: readonly number[]): void {
  classify6(classifier, SOLICIT, query);
  t.equal(field6(classifier, Field.malformed, 1), 0);
  relays.point(1, field6(classifier, Field.relayCount, 1));
}

function putOption(code: number, payload: readonly number[]): void {
  writer.option(code, Uint8Array.from([9, ...payload, 9]), 1, payload.length);
}

/** Writes one in the second slot, which holds other octets. @returns it; null = it did not fit */
function write(room: number, type: number, putOptions: () => void, filling = 0xee): number[] | null {
  out.fill(filling);
  writer.begin(SLOT_BYTES, SLOT_BYTES + room, relays, type, XID);
  putOptions();
  const length = writer.finish();
  const outside = [...out.subarray(0, SLOT_BYTES), ...out.subarray(SLOT_BYTES + room)];
  if (outside.some((octet) => octet !== filling)) t.fail(`written outside of ${room} octets`);
  return length === 0 ? null : [...out.subarray(SLOT_BYTES, SLOT_BYTES + length)];
}

/** What a server answers: every kind of option. */
function putEverything(): void {
  putOption(OptionCode.clientId, DUID);
  putOption(OptionCode.serverId, SERVER_DUID);
  writer.openIa(OptionCode.iaNa, 1, 1000, 2000);
  writer.address(Uint8Array.from(address6(5)), 0, 3000, 0xffffffff);
  writer.address(Uint8Array.from(address6(6)), 0, 0, 0);
  writer.close();
  writer.openIa(OptionCode.iaNa, 2, 0, 0);
  writer.status(StatusCode.noAddrsAvail, TEXT);
  writer.close();
  putOption(OptionCode.rapidCommit, []);
  writer.openIa(OptionCode.iaPd, 0xfffffffe, 0, 0);
  writer.openPrefix(Uint8Array.from(address6(0)), 0, 56, 3000, 4000);
  putOption(OptionCode.pdExclude, [64, 1]);
  writer.close();
  writer.setIaTimes(1500, 2400);
  writer.close();
  writer.encoded(Uint8Array.from(option6(23, address6(0x53))), 0, 20);
}

const EVERYTHING = [
  ...CLIENT_ID,
  ...SERVER_ID,
  ...iaOption({ t1: 1000, t2: 2000, options: [...iaAddress(5, 3000, 0xffffffff), ...iaAddress(6)] }),
  ...iaOption({ iaid: 2, options: option6(OptionCode.statusCode, [0, 2, ...TEXT]) }),
  ...option6(OptionCode.rapidCommit),
  ...iaOption({
    code: OptionCode.iaPd,
    iaid: 0xfffffffe,
    t1: 1500,
    t2: 2400,
    options: iaPrefix(address6(0), 56, 3000, 4000, option6(OptionCode.pdExclude, [64, 1])),
  }),
  ...option6(23, address6(0x53)),
];

t.test('a reply to a client: header, options, what they hold, with their lengths', async (t) => {
  receive(SOLICIT);
  t.same(write(SLOT_BYTES, advertise, putEverything), message6(advertise, EVERYTHING, XID));
  t.same(
    write(SLOT_BYTES, reply, () => {}),
    message6(reply, [], XID),
    'nothing is left of the one before',
  );
});

t.test('[RFC8415 19.3] every relay gets back its header, its interface and its port', async (t) => {
  const near = {
    hopCount: 0,
    link: address6(1),
    peer: address6(9, [0xfe, 0x80]),
    options: [
      ...option6(OptionCode.remoteId, [0, 0, 0, 9, 1]),
      ...option6(OptionCode.interfaceId, [1, 2, 3]),
    ],
  };
  const middle = { hopCount: 1, link: address6(2), peer: address6(3) };
  const far = {
    hopCount: 2,
    link: address6(4),
    peer: address6(5),
    options: option6(OptionCode.relaySourcePort, half(5000)),
    after: [...option6(OptionCode.interfaceId), ...option6(OptionCode.interfaceId, [7])],
  };
  receive(relayed(relayed(relayed(SOLICIT, near), middle), far));
  const inner = relayed(message6(reply, EVERYTHING, XID), {
    ...near,
    type: relayReply,
    options: option6(OptionCode.interfaceId, [1, 2, 3]),
  });
  const expected = relayed(relayed(inner, { ...middle, type: relayReply }), {
    ...far,
    type: relayReply,
    options: [...option6(OptionCode.interfaceId), ...option6(OptionCode.relaySourcePort, half(5000))],
    after: [],
  });
  t.same(write(SLOT_BYTES, reply, putEverything), expected);
});

t.test('as many relays as a query may have', async (t) => {
  let query = SOLICIT;
  let expected = message6(reply, CLIENT_ID, XID);
  for (let level = 0; level < RELAY_LEVELS_MAX; level++) {
    const parts = {
      hopCount: level,
      link: address6(level),
      options: option6(OptionCode.interfaceId, [level]),
    };
    query = relayed(query, { ...parts, type: relayForward });
    expected = relayed(expected, { ...parts, type: relayReply });
  }
  receive(query);
  t.same(
    write(SLOT_BYTES, reply, () => putOption(OptionCode.clientId, DUID)),
    expected,
  );
});

t.test(
  'a reply that does not fit is none, however little is missing; nothing is written behind its slot',
  async (t) => {
    receive(relayed(relayed(SOLICIT, { options: option6(OptionCode.interfaceId, [1, 2]) })));
    const whole = write(SLOT_BYTES, reply, putEverything)!;
    for (let room = 0; room < whole.length; room++) {
      if (write(room, reply, putEverything) !== null) t.fail(`${room} octets`);
    }
    t.same(write(whole.length, reply, putEverything), whole);
    t.same(write(whole.length, reply, putEverything, 0x11), whole, 'no octet is left as it was');
  },
);

t.test('an option that does not fit makes the reply void, even when the next one would', async (t) => {
  receive(SOLICIT);
  const room = 4 + 8;
  const written = write(room, reply, () => {
    putOption(OptionCode.clientId, DUID);
    putOption(OptionCode.preference, [1]);
  });
  t.equal(written, null);
});

t.test('options that are not closed, or not open, are programmer errors', async (t) => {
  receive(SOLICIT);
  const begin = (): void => writer.begin(0, SLOT_BYTES, relays, reply, XID);
  begin();
  t.throws(() => writer.close(), { message: /an open option/ });
  t.throws(() => writer.setIaTimes(1, 2), { message: /an open IA/ });
  writer.open(OptionCode.vendorOptions);
  t.throws(() => writer.finish(), { message: /options are closed/ });
  for (let depth = 1; depth < 4; depth++) writer.open(1);
  t.throws(() => writer.open(1), { message: /options are closed/ });
  t.throws(() => writer.begin(0, out.length + 1, relays, reply, XID), { message: /a slot holds/ });
});

t.test('the relays of a message are read level by level, the outermost first', async (t) => {
  const near = { hopCount: 3, link: address6(1), peer: address6(2), options: option6(66, option6(65, [1])) };
  receive(relayed(relayed(SOLICIT, near), { hopCount: 4, link: address6(3), peer: address6(4) }));
  t.equal(relays.count, 2);
  const seen = [0, 1].map((level) => {
    relays.read(level);
    const link = classifier.bytes[relays.linkAddressOffset + 15];
    const peer = classifier.bytes[relays.peerAddressOffset + 15];
    return [relays.hopCount, link, peer, relays.find(OptionCode.relaySuppliedOptions)];
  });
  t.same(seen, [
    [4, 3, 4, false],
    [3, 1, 2, true],
  ]);
  t.equal(relays.options.length, 5);
  t.equal(relays.options.offset, INPUT_OFFSET + INPUT_STRIDE + 38 + 34 + 4);
  t.throws(() => relays.read(2), { message: /a relay of this message/ });
  t.throws(() => relays.point(0, RELAY_LEVELS_MAX + 1), { message: /as many relays/ });
});
