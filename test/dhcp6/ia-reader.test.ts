import fc from 'fast-check';
import t from 'tap';
import { OPTIONS_OFFSET, OptionCode } from '../../src/dhcp6/codes.ts';
import { IaReader } from '../../src/dhcp6/ia-reader.ts';
import {
  address6,
  CLIENT_ID,
  half,
  iaAddress,
  iaOption,
  iaPrefix,
  message6,
  option6,
  word,
} from '../oracle/datagram6.ts';

interface Binding {
  readonly address: readonly number[];
  readonly length: number;
  readonly preferred: number;
  readonly valid: number;
}

interface Ia {
  readonly code: number;
  readonly iaid: number;
  readonly t1: number;
  readonly t2: number;
  readonly bindings: readonly Binding[];
}

/** All that the reader finds in a message that lies between other octets. */
function read(message: readonly number[], around = 0xff): Ia[] {
  const bytes = new Uint8Array(message.length + 80).fill(around);
  bytes.set(message, 40);
  const reader = new IaReader(bytes);
  reader.point(40 + OPTIONS_OFFSET, 40 + message.length);
  const ias: Ia[] = [];
  while (reader.next()) {
    const bindings: Binding[] = [];
    while (reader.nextBinding()) {
      bindings.push({
        address: [...bytes.subarray(reader.addressOffset, reader.addressOffset + 16)],
        length: reader.prefixLength,
        preferred: reader.preferredLifetimeSec,
        valid: reader.validLifetimeSec,
      });
    }
    ias.push({ code: reader.code, iaid: reader.iaid, t1: reader.t1Sec, t2: reader.t2Sec, bindings });
  }
  return ias;
}

function ofMessage(...options: readonly number[][]): Ia[] {
  return read(message6(1, [...CLIENT_ID, ...options.flat()]));
}

t.test('IA_NA and IA_PD in their order, with what they hold', async (t) => {
  const na = iaOption({
    iaid: 0xfffffffe,
    t1: 0xffffffff,
    t2: 0x80000000,
    options: [...iaAddress(1, 0xffffffff, 0xfffffffe), ...option6(99, [1]), ...iaAddress(2)],
  });
  const pd = iaOption({
    code: OptionCode.iaPd,
    iaid: 7,
    options: iaPrefix(address6(0), 56, 3000, 4000, option6(OptionCode.pdExclude, [64, 1])),
  });
  t.same(ofMessage(pd, option6(OptionCode.iaTa, word(1)), na), [
    {
      code: OptionCode.iaPd,
      iaid: 7,
      t1: 0,
      t2: 0,
      bindings: [{ address: address6(0), length: 56, preferred: 3000, valid: 4000 }],
    },
    {
      code: OptionCode.iaNa,
      iaid: 0xfffffffe,
      t1: 0xffffffff,
      t2: 0x80000000,
      bindings: [
        { address: address6(1), length: 128, preferred: 0xffffffff, valid: 0xfffffffe },
        { address: address6(2), length: 128, preferred: 0, valid: 0 },
      ],
    },
  ]);
});

t.test(
  'a prefix in an IA_NA and an address in an IA_PD are passed over, and addresses outside of both',
  async (t) => {
    const na = iaOption({ options: [...iaPrefix(address6(0), 56), ...iaAddress(1)] });
    const pd = iaOption({ code: OptionCode.iaPd, options: [...iaAddress(1), ...iaPrefix(address6(0), 56)] });
    const found = ofMessage(iaAddress(9), na, pd);
    t.same(
      found.map(({ bindings }) => bindings.map(({ length }) => length)),
      [[128], [56]],
    );
  },
);

t.test('IAIDs of leases, where those of the only IA_NA and of the only IA_PD are ignored', async (t) => {
  const leaseIaids = (ignoresIaids: boolean, ...ias: readonly number[][]): number[] => {
    const message = Uint8Array.from(message6(1, [...CLIENT_ID, ...ias.flat()]));
    const reader = new IaReader(message, ignoresIaids);
    reader.point(OPTIONS_OFFSET, message.length);
    const found: number[] = [];
    while (reader.next()) found.push(reader.leaseIaid);
    return found;
  };
  const [na, otherNa] = [iaOption({ iaid: 5 }), iaOption({ iaid: 6 })];
  const pd = iaOption({ code: OptionCode.iaPd, iaid: 0xffffffff });
  t.same(leaseIaids(false, na, pd), [5, 0xffffffff]);
  t.same(leaseIaids(true, na, pd), [0, 0]);
  t.same(leaseIaids(true, pd, na, otherNa), [0, 5, 6]);
  t.same(leaseIaids(true), []);
});

t.test('an address inside of an address is nobody`s', async (t) => {
  const [ia] = ofMessage(iaOption({ options: iaAddress(1, 0, 0, iaAddress(2)) }));
  t.same(
    ia!.bindings.map(({ address }) => address),
    [address6(1)],
  );
});

t.test('what runs past its container ends that container', async (t) => {
  const cut = iaOption({ options: [...iaAddress(1), ...half(OptionCode.iaAddress), ...half(24), 1, 2] });
  const found = ofMessage(cut, iaOption({ iaid: 2, options: iaAddress(2) }), [0, 3, 0, 99, 1]);
  t.same(
    found.map(({ iaid, bindings }) => [iaid, bindings.length]),
    [
      [1, 1],
      [2, 1],
    ],
  );
});

t.test('what is too short is passed over', async (t) => {
  const short = iaOption({ options: [...option6(OptionCode.iaAddress, [1]), ...iaAddress(3)] });
  const found = ofMessage(option6(OptionCode.iaNa, new Array(11).fill(0)), short);
  t.same(
    found.map(({ bindings }) => bindings.length),
    [1],
  );
});

t.test('a thousand addresses in one IA, a thousand IAs in one message', async (t) => {
  const addresses = Array.from({ length: 1000 }, (_, i) => iaAddress(i)).flat();
  const [ia] = ofMessage(iaOption({ options: addresses }));
  t.same(
    ia!.bindings.map(({ address }) => address),
    Array.from({ length: 1000 }, (_, i) => address6(i)),
  );
  const ias = Array.from({ length: 1000 }, (_, iaid) => iaOption({ iaid })).flat();
  t.same(
    ofMessage(ias).map(({ iaid }) => iaid),
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

t.test('the addresses of an IA can be read again', async (t) => {
  const bytes = Uint8Array.from(iaOption({ options: [...iaAddress(1), ...iaAddress(2)] }));
  const reader = new IaReader(bytes);
  reader.point(0, bytes.length);
  t.ok(reader.next());
  while (reader.nextBinding());
  reader.rewind();
  t.ok(reader.nextBinding());
  t.equal(bytes[reader.addressOffset + 15], 1);
});

t.test(
  'octets at random, and messages cut off and changed anywhere: nothing behind the end counts',
  async (t) => {
    const sound = message6(1, [
      ...iaOption({ options: [...iaAddress(1), ...iaAddress(2)] }),
      ...iaOption({ code: OptionCode.iaPd, options: iaPrefix(address6(0), 56) }),
    ]);
    for (let length = 4; length <= sound.length; length++) {
      const cut = sound.slice(0, length);
      t.same(read(cut, 0xff), read(cut, 0), `${length} octets`);
    }
    const changed = fc
      .tuple(fc.nat(sound.length - 1), fc.nat(255))
      .map(([at, value]) => sound.with(at, value));
    const anything = fc.array(fc.nat(255), { minLength: 4, maxLength: 200, size: 'max' });
    const property = fc.property(fc.oneof(changed, anything), (message) => {
      const seen = JSON.stringify(read(message, 0));
      return seen === JSON.stringify(read(message, 0xff)) && seen === JSON.stringify(read(message, 3));
    });
    fc.assert(property, { seed: 8415, numRuns: 2000 });
  },
);
