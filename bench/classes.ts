/** What client classes add to a query: one expression, and a thousand classes of which three match. */
import { MessageType } from '../src/dhcp4/codes.ts';
import { INPUT_OFFSET } from '../src/wasm/layout.ts';
import { type ClassText, Membership } from '../test/classes/membership.ts';
import { createQuery } from './clients.ts';
import { type Contender, compare, DIGEST_SEED, foldBytes, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const PHONES: ClassText = { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" };
const PAIR: readonly ClassText[] = [
  PHONES,
  { name: 'laptops', test: "not member('phones')" },
  { name: 'phones_server1', test: "member('phones') and member('HA_server1')" },
  { name: 'laptops_server1', test: "member('laptops') and member('HA_server1')" },
];

/** A thousand classes by vendor, by hardware address and by circuit; three of them match. */
export function thousandClasses(): ClassText[] {
  return Array.from({ length: 1000 }, (_, index) => {
    const name = `c${index}`;
    if (index === 500) return { name, test: "member('ALL')" };
    if (index === 700) return { name, test: "substring(option[60].hex,0,6) == 'Aastra'" };
    if (index === 900) return { name, test: "option[60].hex == 'Aastra 6739i'" };
    if (index % 3 === 0) return { name, test: `option[60].hex == 'vendor-${index}'` };
    if (index % 3 === 1) return { name, test: `pkt4.mac == 0x02ff${(index + 0x10000000).toString(16)}` };
    return { name, test: `substring(option[60].hex,0,6) == '${String(index).padStart(6, 'v')}'` };
  });
}

/** A query with the vendor class of a phone in front of its other options. */
function phoneQuery(): Uint8Array {
  const query = createQuery(1, MessageType.discover, 0);
  const text = [...Buffer.from('Aastra 6739i')];
  const bytes = new Uint8Array(query.length + 2 + text.length);
  bytes.set(query.subarray(0, 240));
  bytes.set([60, text.length, ...text], 240);
  bytes.set(query.subarray(240), 242 + text.length);
  return bytes;
}

export const classes: Bench = {
  name: 'classes',
  question: 'What do client classes add to one query, the walk over its options included?',
  run: ({ scale }) => {
    const queries = sizeOf(scale, 64, 1_000_000);
    const datagram = phoneQuery();
    const contender = (name: string, texts: readonly ClassText[]): Contender => {
      const membership = new Membership(texts, ['HA_server1']);
      membership.take(datagram);
      const { query, program } = membership;
      const { socket } = query;
      return {
        name,
        run: () => {
          for (let i = 0; i < queries; i++) {
            query.point(0, INPUT_OFFSET, socket, 0, 68);
            program.assignEarly(query);
          }
        },
        digest: () => foldBytes(DIGEST_SEED, Uint8Array.of(query.classes.length)),
      };
    };
    return compare(
      {
        operations: queries,
        sameDigest: false,
        contenders: [
          contender('no class', []),
          contender('phones: one expression', [PHONES]),
          contender('phones and laptops of a pair: four expressions', PAIR),
          contender('1,000 classes, three match', thousandClasses()),
        ],
      },
      scale,
    );
  },
};
