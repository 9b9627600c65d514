import { networkInterfaces } from 'node:os';
import t from 'tap';
import { formatIpv6 } from '../../src/base/ipv6-text.ts';
import { listInterfaces, listInterfaces6 } from '../../src/io/interfaces.ts';
import { LIST_GOES_ON, type LinkAddress6, readAddresses6 } from '../../src/io/rtnetlink-messages.ts';

t.test('what Node.js lists is listed too, with the same IPv6 addresses', async (t) => {
  const listed = new Map(
    listInterfaces6().map(({ name, addresses }) => [
      name,
      addresses.filter(({ isUsable }) => isUsable).map(({ address }) => formatIpv6(address)),
    ]),
  );
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    const wanted = (entries ?? []).filter(({ family }) => family === 'IPv6').map(({ address }) => address);
    t.match(new Set(listed.get(name.split(':')[0]!)), new Set(wanted), name);
  }
});

t.test('the interfaces are the same as those of IPv4, but for the addresses', async (t) => {
  const without = <Interface extends object>(all: readonly Interface[]): object[] =>
    all.map((each) => ({ ...each, addresses: null }));
  t.same(without(listInterfaces6()), without(listInterfaces()));
});

const ADDRESS = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
const OTHER_END = ADDRESS.with(15, 8);
const AF_INET6 = 10;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;

/** A list of one address, of interface 3. */
function list(family: number, flags: number, attributes: readonly (readonly [number, number[]])[]): number[] {
  const octets = attributes.flatMap(([type, value]) => [4 + value.length, 0, type, 0, ...value]);
  return [24 + octets.length, 0, 0, 0, 20, ...Array(11).fill(0), family, 64, flags, 0, 3, 0, 0, 0, ...octets];
}

function read(octets: readonly number[], received = octets.length): LinkAddress6[] {
  const memory = Uint8Array.of(...octets, ...Array(64).fill(0xee));
  const addresses: LinkAddress6[] = [];
  const end = readAddresses6(new DataView(memory.buffer), received, addresses);
  if (received === octets.length) t.equal(end, LIST_GOES_ON);
  // The memory is read into again.
  memory.fill(0xdd);
  return addresses;
}

t.test(
  'an address can be used when its duplicate address detection has found nobody [RFC4862 5.4]',
  async (t) => {
    const rows: readonly [string, number, boolean][] = [
      ['permanent', 0x80, true],
      ['deprecated', 0xa0, true],
      ['tentative', 0xc0, false],
      ['optimistic [RFC4429]', 0x44, true],
      ['a duplicate', 0x48, false],
      ['a duplicate that was optimistic', 0x4c, false],
    ];
    for (const [what, flags, isUsable] of rows)
      t.same(
        read(list(AF_INET6, flags, [[IFA_ADDRESS, ADDRESS]])),
        [{ index: 3, address: Uint8Array.from(ADDRESS), isUsable }],
        what,
      );
  },
);

t.test('on a point-to-point link the address is the near end’s', async (t) => {
  const both: [number, number[]][] = [
    [IFA_ADDRESS, OTHER_END],
    [IFA_LOCAL, ADDRESS],
  ];
  t.same(read(list(AF_INET6, 0, both))[0]?.address, Uint8Array.from(ADDRESS));
});

t.test('what is no IPv6 address is passed over, and nothing is read behind the end', async (t) => {
  t.same(read(list(2, 0, [[IFA_ADDRESS, [10, 0, 0, 1]]])), []);
  t.same(read(list(2, 0, [[IFA_ADDRESS, ADDRESS]])), []);
  t.same(read(list(AF_INET6, 0, [[IFA_ADDRESS, ADDRESS.slice(0, 12)]])), []);
  t.same(read(list(AF_INET6, 0, [])), []);
  const whole = list(AF_INET6, 0, [[IFA_ADDRESS, ADDRESS]]);
  for (let received = 0; received < whole.length; received++)
    t.same(read(whole, received), [], `${received} octets`);
});
