import t from 'tap';
import { MessageType, OptionCode, RELAY_LEVELS_MAX } from '../../src/dhcp6/codes.ts';
import { Field, Malformed, Present } from '../../src/dhcp6/descriptor.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE } from '../../src/wasm/layout.ts';
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
  relayedTimes,
  SERVER_DUID,
  SERVER_ID,
  word,
} from '../oracle/datagram6.ts';
import { hashTwin } from '../oracle/hash.ts';
import { classify6, field6, level6, run6 } from './batch6.ts';

const classifier = new Classifier();

function malformedOf(datagram: readonly number[]): number {
  classify6(classifier, datagram);
  return field6(classifier, Field.malformed);
}

/** A message of a type, with what Kea asks of it. */
function soundMessage(type: number, options: readonly number[] = []): number[] {
  const { request, renew, release, decline } = MessageType;
  const servers: readonly number[] = [request, renew, release, decline];
  return message6(type, [...CLIENT_ID, ...(servers.includes(type) ? SERVER_ID : []), ...options]);
}

const CLIENT_TYPES = [
  MessageType.solicit,
  MessageType.request,
  MessageType.confirm,
  MessageType.renew,
  MessageType.rebind,
  MessageType.release,
  MessageType.decline,
  MessageType.informationRequest,
  MessageType.addrRegInform,
];

t.test('every message of a client is told by its type, with transaction id, place and hash', async (t) => {
  for (const type of CLIENT_TYPES) {
    const bytes = soundMessage(type);
    t.equal(malformedOf(bytes), 0, `type ${type}`);
    t.equal(field6(classifier, Field.messageType), type);
    t.equal(field6(classifier, Field.transactionId), 0x123456);
    t.equal(field6(classifier, Field.messageOffset), INPUT_OFFSET);
    t.equal(field6(classifier, Field.messageLength), bytes.length);
    t.equal(field6(classifier, Field.length), bytes.length);
    t.equal(field6(classifier, Field.relayCount), 0);
    t.equal(field6(classifier, Field.hash), hashTwin(Uint8Array.from(DUID)));
    t.same(run6(classifier, Field.clientIdOffset), DUID);
  }
});

t.test('what no client sends is told apart, relayed or not', async (t) => {
  for (let type = 0; type < 256; type++) {
    if (type === MessageType.relayForward || (CLIENT_TYPES as number[]).includes(type)) continue;
    for (const levels of [0, 1, 2]) {
      t.equal(malformedOf(relayedTimes(message6(type), levels)), Malformed.messageType);
      t.equal(field6(classifier, Field.messageType), type);
    }
  }
});

t.test('each option of a message has its field', async (t) => {
  const payload = [1, 2, 3, 4, 0, 6, 0, 0];
  const rows = [
    [OptionCode.optionRequest, Field.requestListOffset],
    [OptionCode.fqdn, Field.fqdnOffset],
    [OptionCode.vendorClass, Field.vendorClassOffset],
    [OptionCode.vendorOptions, Field.vendorOptionsOffset],
    [OptionCode.userClass, Field.userClassOffset],
  ] as const;
  for (const [code, word] of rows) {
    t.equal(malformedOf(soundMessage(MessageType.solicit, option6(code, payload))), 0);
    t.same(run6(classifier, word), payload, `option ${code}`);
  }
  malformedOf(soundMessage(MessageType.request, option6(OptionCode.elapsedTime, [0x12, 0x34])));
  t.same(run6(classifier, Field.serverIdOffset), SERVER_DUID);
  t.equal(field6(classifier, Field.elapsedTime), 0x1234);
  t.equal(field6(classifier, Field.present), Present.elapsedTime);
  malformedOf(soundMessage(MessageType.solicit, option6(OptionCode.rapidCommit)));
  t.equal(field6(classifier, Field.present), Present.rapidCommit);
});

t.test('of several options of one code the first counts', async (t) => {
  const twice = [
    ...option6(OptionCode.optionRequest, [0, 23]),
    ...option6(OptionCode.optionRequest, [0, 24]),
  ];
  malformedOf(soundMessage(MessageType.solicit, twice));
  t.same(run6(classifier, Field.requestListOffset), [0, 23]);
  const empty = [...option6(OptionCode.userClass), ...option6(OptionCode.userClass, [1])];
  malformedOf(soundMessage(MessageType.solicit, empty));
  t.same(run6(classifier, Field.userClassOffset), [], 'an empty one too');
});

t.test('IA_NA and IA_PD are counted together, and addresses outside of them apart', async (t) => {
  const ias = [
    ...iaOption({ options: iaAddress(1) }),
    ...iaOption({ code: OptionCode.iaPd, options: iaPrefix(address6(0), 56) }),
    ...option6(OptionCode.iaTa, word(1)),
    ...iaOption({ iaid: 2 }),
  ];
  t.equal(malformedOf(soundMessage(MessageType.solicit, ias)), 0);
  t.equal(field6(classifier, Field.iaCount), 3);
  t.equal(field6(classifier, Field.iaOffset), INPUT_OFFSET + 4 + CLIENT_ID.length);
  t.equal(field6(classifier, Field.addressCount), 0);
  const inform = soundMessage(MessageType.addrRegInform, [...iaAddress(7), ...iaAddress(8)]);
  t.equal(malformedOf(inform), 0);
  t.equal(field6(classifier, Field.addressCount), 2);
  t.equal(field6(classifier, Field.addressOffset), INPUT_OFFSET + 4 + CLIENT_ID.length + 4);
  t.equal(field6(classifier, Field.iaCount), 0);
  t.equal(field6(classifier, Field.iaOffset), 0);
});

t.test('a relayed message is found behind 1 to 32 relays; one more is too many', async (t) => {
  const inner = soundMessage(MessageType.renew);
  for (let levels = 1; levels <= RELAY_LEVELS_MAX; levels++) {
    const bytes = relayedTimes(inner, levels);
    t.equal(malformedOf(bytes), 0, `${levels} relays`);
    t.equal(field6(classifier, Field.relayCount), levels);
    t.equal(field6(classifier, Field.messageType), MessageType.renew);
    t.equal(field6(classifier, Field.messageOffset), INPUT_OFFSET + 38 * levels);
    t.equal(field6(classifier, Field.messageLength), inner.length);
    for (let level = 0; level < levels; level++) {
      t.same(level6(classifier, level), [38 * level, bytes.length]);
      const header = INPUT_OFFSET + level6(classifier, level)[0]!;
      t.equal(classifier.bytes[header + 1], levels - 1 - level, 'the hop count of this level');
    }
  }
  t.equal(malformedOf(relayedTimes(inner, RELAY_LEVELS_MAX + 1)), Malformed.tooManyRelays);
  t.equal(malformedOf(relayedTimes(inner, 50)), Malformed.tooManyRelays);
});

t.test('the options of relays: of the one nearest to the client that has it', async (t) => {
  const rows = [
    [OptionCode.interfaceId, Field.interfaceIdOffset],
    [OptionCode.remoteId, Field.remoteIdOffset],
    [OptionCode.subscriberId, Field.subscriberIdOffset],
    [OptionCode.clientLinkLayerAddress, Field.linkLayerAddressOffset],
    [OptionCode.relaySuppliedOptions, Field.relaySuppliedOffset],
  ] as const;
  const inner = soundMessage(MessageType.solicit);
  for (const [code, word] of rows) {
    const near = [...option6(code, [1, 1, 1, 1]), ...option6(code, [9, 9, 9, 9])];
    const far = option6(code, [2, 2, 2, 2]);
    malformedOf(relayed(relayed(inner, { options: near }), { options: far }));
    t.same(run6(classifier, word), [1, 1, 1, 1], `option ${code}, the first of the nearest`);
    malformedOf(relayed(relayed(inner, { after: near }), { after: far }));
    t.same(run6(classifier, word), [1, 1, 1, 1], 'behind the message just so');
    malformedOf(relayed(relayed(inner), { options: far }));
    t.same(run6(classifier, word), [2, 2, 2, 2], 'of the next one where the nearest has none');
    malformedOf(soundMessage(MessageType.solicit, far));
    t.same(run6(classifier, word), [], 'a client is no relay');
  }
});

t.test('the link-address that counts is the nearest to the client that is one of a link', async (t) => {
  const inner = soundMessage(MessageType.solicit);
  const global = address6(1);
  const none = new Array<number>(16).fill(0);
  const local = address6(1, [0xfe, 0xbf]);
  const linkOf = (near: readonly number[], far: readonly number[]): number => {
    malformedOf(relayed(relayed(inner, { link: near }), { link: far }));
    const offset = field6(classifier, Field.linkAddressOffset);
    return offset === 0 ? 0 : offset - INPUT_OFFSET;
  };
  t.equal(linkOf(global, address6(2)), 38 + 2);
  t.equal(linkOf(none, global), 2);
  t.equal(linkOf(local, global), 2);
  t.equal(linkOf(local, none), 0);
  t.equal(linkOf(none, local), 0);
  t.equal(linkOf(address6(1, [0xfe, 0xc0]), none), 38 + 2, 'fec0::/10 is not link-local');
  t.equal(linkOf([...none.slice(0, 15), 1], none), 38 + 2, 'one bit is enough');
});

t.test('the relay port is that of the outermost relay', async (t) => {
  const inner = soundMessage(MessageType.solicit);
  const port = (value: number): number[] => option6(OptionCode.relaySourcePort, half(value));
  malformedOf(relayed(relayed(inner, { options: port(1000) }), { options: port(2000) }));
  t.equal(field6(classifier, Field.relayPort), 2000);
  t.equal(field6(classifier, Field.present), Present.relayPort);
  malformedOf(relayed(relayed(inner, { options: port(1000) })));
  t.equal(field6(classifier, Field.present), 0);
  t.equal(field6(classifier, Field.relayPort), 0);
});

t.test('of several relayed messages in one relay the last one counts', async (t) => {
  const other = option6(OptionCode.relayMessage, soundMessage(MessageType.renew));
  t.equal(malformedOf(relayed(soundMessage(MessageType.solicit), { after: other })), 0);
  t.equal(field6(classifier, Field.messageType), MessageType.renew);
});

t.test('client and server identifiers: how many each message has', async (t) => {
  const { informationRequest, request, renew, release, decline } = MessageType;
  for (const type of CLIENT_TYPES) {
    const asked = ([request, renew, release, decline] as number[]).includes(type);
    const free = type === informationRequest;
    const of = (...options: number[][]): number => malformedOf(message6(type, options.flat()));
    t.equal(of(SERVER_ID), asked ? Malformed.noClientId : free ? 0 : Malformed.unwantedServerId);
    t.equal(of(CLIENT_ID, CLIENT_ID), Malformed.severalClientIds);
    t.equal(of(CLIENT_ID), asked ? Malformed.noServerId : 0);
    t.equal(of(CLIENT_ID, SERVER_ID), asked || free ? 0 : Malformed.unwantedServerId);
    t.equal(
      of(CLIENT_ID, SERVER_ID, SERVER_ID),
      asked || free ? Malformed.severalServerIds : Malformed.unwantedServerId,
    );
    t.equal(of(), asked ? Malformed.noServerId : free ? 0 : Malformed.noClientId);
    t.equal(field6(classifier, Field.hash), -1);
    t.same(run6(classifier, Field.clientIdOffset), []);
  }
});

t.test(
  'what is not allowed is described all the same, so that it can be counted for whom it was',
  async (t) => {
    t.equal(malformedOf(message6(MessageType.solicit, SERVER_ID)), Malformed.unwantedServerId);
    t.same(run6(classifier, Field.serverIdOffset), SERVER_DUID);
    t.equal(field6(classifier, Field.messageType), MessageType.solicit);
    t.equal(field6(classifier, Field.transactionId), 0x123456);
  },
);

t.test('identifiers have 3 to 130 octets and are not 00:00:00', async (t) => {
  for (const length of [0, 1, 2, 3, 4, 128, 129, 130, 131, 132, 1000, 1900]) {
    const duid = new Array<number>(length).fill(7);
    const isSound = length >= 3 && length <= 130;
    const client = message6(MessageType.solicit, option6(OptionCode.clientId, duid));
    t.equal(malformedOf(client), isSound ? 0 : Malformed.badClientId, `client, ${length}`);
    const server = message6(MessageType.request, [...CLIENT_ID, ...option6(OptionCode.serverId, duid)]);
    t.equal(malformedOf(server), isSound ? 0 : Malformed.badServerId, `server, ${length}`);
  }
  const client = (duid: number[]): number[] =>
    message6(MessageType.solicit, option6(OptionCode.clientId, duid));
  t.equal(malformedOf(client([0, 0, 0])), Malformed.badClientId);
  t.equal(malformedOf(client([0, 0, 1])), 0);
  t.equal(malformedOf(client([0, 0, 0, 0])), 0);
  const past = [...half(OptionCode.clientId), 0xff, 0xff, ...DUID];
  t.equal(
    malformedOf(message6(MessageType.solicit, past)),
    Malformed.noClientId,
    '65535 octets are not there',
  );
});

t.test('an option that runs past the end ends the reading, and what stands before it counts', async (t) => {
  const before = [...CLIENT_ID, ...iaOption(), ...option6(OptionCode.optionRequest, [0, 23])];
  const tails: readonly (readonly [what: string, tail: readonly number[]])[] = [
    ['nothing', []],
    ['one octet', [0]],
    ['three octets', [0, 1, 0]],
    ['an identifier one octet too long', [0, 1, 0, 4, 1, 2, 3]],
    ['an IA past the end', [0, 3, 0xff, 0xff, ...new Array(40).fill(1)]],
    ['an unknown option past the end', [200, 200, 0, 1]],
  ];
  for (const [what, tail] of tails) {
    for (const levels of [0, 3]) {
      const bytes = relayedTimes(message6(MessageType.solicit, [...before, ...tail]), levels);
      t.equal(malformedOf(bytes), 0, what);
      t.same(run6(classifier, Field.clientIdOffset), DUID);
      t.same(run6(classifier, Field.requestListOffset), [0, 23]);
      t.equal(field6(classifier, Field.iaCount), 1);
      const relay = relayed(soundMessage(MessageType.solicit), { after: tail });
      t.equal(malformedOf(relay), 0, `${what}, in a relay`);
    }
  }
});

t.test('vendor options that are cut off inside end the message for good', async (t) => {
  const vendor = (...inside: number[]): number[] =>
    option6(OptionCode.vendorOptions, [...word(4491), ...inside]);
  const before = option6(OptionCode.optionRequest, [0, 23]);
  const behind = [
    ...iaOption(),
    ...option6(OptionCode.optionRequest, [0, 24]),
    ...option6(OptionCode.rapidCommit),
  ];
  const short = (length: number): number[] => option6(OptionCode.vendorOptions, new Array(length).fill(0));
  for (const cut of [
    short(0),
    short(3),
    vendor(0),
    vendor(0, 1, 0),
    vendor(0, 1, 0, 2, 9),
    vendor(0, 1, 0, 1, 9, 0),
  ]) {
    t.equal(malformedOf(soundMessage(MessageType.solicit, [...before, ...cut, ...behind])), 0);
    t.equal(field6(classifier, Field.messageLength), 4 + CLIENT_ID.length + before.length);
    t.same(run6(classifier, Field.requestListOffset), [0, 23]);
    t.same(run6(classifier, Field.vendorOptionsOffset), []);
    t.equal(field6(classifier, Field.iaCount), 0);
    t.equal(field6(classifier, Field.present), 0);
    t.equal(malformedOf(soundMessage(MessageType.solicit, [...cut, ...option6(OptionCode.elapsedTime)])), 0);
    t.equal(malformedOf(message6(MessageType.solicit, [...cut, ...CLIENT_ID])), Malformed.noClientId);
  }
  for (const whole of [vendor(), vendor(0, 1, 0, 0), vendor(0, 1, 0, 1, 9)]) {
    t.equal(malformedOf(soundMessage(MessageType.solicit, [...whole, ...behind])), 0);
    t.equal(field6(classifier, Field.iaCount), 1);
  }
});

t.test('an inner option that runs past its IA ends that IA alone', async (t) => {
  const cut = [...iaAddress(1), ...half(OptionCode.iaAddress), ...half(24), 1, 2, 3];
  t.equal(malformedOf(soundMessage(MessageType.solicit, [...iaOption({ options: cut }), ...iaOption()])), 0);
  t.equal(field6(classifier, Field.iaCount), 2);
});

t.test('an option with less than its size makes a message malformed', async (t) => {
  const rows = [
    [OptionCode.iaNa, 12],
    [OptionCode.iaPd, 12],
    [OptionCode.iaAddress, 24],
    [OptionCode.optionRequest, 2],
    [OptionCode.elapsedTime, 2],
    [OptionCode.vendorClass, 4],
    [OptionCode.fqdn, 1],
  ] as const;
  const of = (code: number, length: number): number =>
    malformedOf(soundMessage(MessageType.solicit, option6(code, new Array(length).fill(0))));
  for (const [code, least] of rows) {
    t.equal(of(code, least), 0, `option ${code} of ${least}`);
    t.equal(of(code, least - 1), Malformed.optionLength, `option ${code} of ${least - 1}`);
    t.equal(of(code, 0), Malformed.optionLength, `option ${code}, empty`);
  }
  t.equal(of(OptionCode.optionRequest, 3), Malformed.optionLength, 'half a code');
  for (const [code, least] of [
    [7, 1],
    [32, 4],
    [61, 2],
    [82, 4],
    [83, 4],
  ] as const) {
    t.equal(of(code, least), 0, `option ${code} of ${least}`);
    t.equal(of(code, least - 1), Malformed.optionLength, `option ${code} of ${least - 1}`);
  }
  for (const length of [0, 16, 32]) t.equal(of(23, length), 0);
  t.equal(of(23, 15), Malformed.optionLength, 'not one address');
  t.equal(of(23, 33), Malformed.optionLength, 'a piece of an address');
  t.equal(of(61, 3), Malformed.optionLength, 'half a number');
  t.equal(of(82, 5), 0, 'what stands behind a number is passed over');
  for (const [code, least] of [
    [OptionCode.iaAddress, 24],
    [OptionCode.iaPrefix, 25],
  ] as const) {
    for (const ia of [OptionCode.iaNa, OptionCode.iaPd]) {
      const inside = (length: number): number[] =>
        iaOption({ code: ia, options: [...option6(99), ...option6(code, new Array(length).fill(0))] });
      t.equal(malformedOf(soundMessage(MessageType.solicit, inside(least))), 0);
      t.equal(malformedOf(soundMessage(MessageType.solicit, inside(least - 1))), Malformed.optionLength);
    }
  }
  const inner = soundMessage(MessageType.solicit);
  for (const [code, least] of [
    [OptionCode.remoteId, 4],
    [OptionCode.relaySourcePort, 2],
  ] as const) {
    t.equal(malformedOf(relayed(inner, { options: option6(code, new Array(least).fill(0)) })), 0);
    const short = relayed(inner, { options: option6(code, new Array(least - 1).fill(0)) });
    t.equal(malformedOf(short), Malformed.optionLength, `option ${code} of a relay`);
  }
});

t.test('what is no message at all', async (t) => {
  const inner = soundMessage(MessageType.solicit);
  t.equal(malformedOf([]), Malformed.tooShort);
  t.equal(malformedOf([1, 2, 3]), Malformed.tooShort);
  t.equal(malformedOf(relayed(inner).slice(0, 33)), Malformed.tooShort);
  t.equal(malformedOf(relayed(inner).slice(0, 34)), Malformed.noRelayMessage);
  t.equal(malformedOf(relayed([])), Malformed.noRelayMessage);
  t.equal(malformedOf(relayed([1, 2, 3])), Malformed.tooShort);
  t.equal(malformedOf(relayed(relayed(inner).slice(0, 33))), Malformed.tooShort);
  t.equal(malformedOf(relayed(relayed(inner).slice(0, -1))), Malformed.noRelayMessage, 'cut off inside');
  const forged = relayed(inner);
  forged[34 + 3] = forged[34 + 3]! + 1;
  t.equal(malformedOf(forged), Malformed.noRelayMessage, 'longer than what it is in');
  const full = new Array<number>(INPUT_STRIDE + 1).fill(0);
  t.equal(malformedOf([...inner, ...full].slice(0, INPUT_STRIDE)), 0);
  t.equal(malformedOf([...inner, ...full].slice(0, INPUT_STRIDE + 1)), Malformed.tooLong);
});

t.test('nothing of one datagram is left for the next', async (t) => {
  const rich = relayed(
    soundMessage(MessageType.request, [...iaOption(), ...option6(OptionCode.rapidCommit), ...iaAddress(1)]),
    { link: address6(1), options: [...option6(OptionCode.interfaceId, [1]), ...option6(135, [1, 2])] },
  );
  const plain = message6(MessageType.informationRequest, []);
  classify6(classifier, plain);
  const alone = [...classifier.words6.subarray(0, 40)];
  classify6(classifier, rich, plain);
  const behind = [...classifier.words6.subarray(40, 80)];
  behind[Field.messageOffset] = behind[Field.messageOffset]! - INPUT_STRIDE;
  t.same(behind, alone);
  classify6(classifier, plain);
  t.same([...classifier.words6.subarray(0, 40)], alone);
});

t.test('a count out of bounds is a programmer error', async (t) => {
  t.throws(() => classifier.classify6(BATCH_MAX + 1), { message: /at most a batch/ });
  t.throws(() => classifier.classify6(-1), { message: /at most a batch/ });
});
