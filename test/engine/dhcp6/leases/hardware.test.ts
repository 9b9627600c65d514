/** Which hardware address a lease has: that by which its client was known when it was given, or extended last. */
import t from 'tap';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { leaseOfRecord6 } from '../../../../src/lease/dhcp6/csv-lease.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, HOME, ip6 } from '../config.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, message, opt, relayed } from '../messages.ts';

const { request, renew, rebind, release } = MessageType;
const ADDRESS = '2001:db8:1::10';
const PREFIX = '2001:db8:8000::';
const CLIENT = new Uint8Array(8).fill(2);

/** The hardware address of the row, with its type and source. */
function hardwareOf({ context: { book } }: BenchEngine6, address: string): string {
  const slot = book.table.findByAddress(ip6(address), 0);
  const { hwAddress, hwType, hwSource } = leaseOfRecord6(book.recordOf(slot));
  return `${Buffer.from(hwAddress).toString('hex')} ${hwType} ${hwSource}`;
}

function engineFor(cacheMaxAgeSec: number | null = null) {
  const home = { ...HOME, cacheMaxAgeSec, cacheThreshold: cacheMaxAgeSec === null ? null : 0.5 };
  const engine = new BenchEngine6(config6({ subnets: [home], macSources: ['client-link-addr-option'] }));
  const ias = [iaNa(1, iaAddress(ADDRESS)), iaPd(1, iaPrefix(`${PREFIX}/56`))];
  /** @param hw hardware type and address, null = the relay says nothing */
  const ask = (type: number, hw: readonly number[] | null, ...named: (readonly number[])[]): void => {
    const inner = message(type, CLIENT, ...(named.length === 0 ? ias : named).map((ia) => [...ia]));
    const options = hw === null ? [] : [opt(79, hw)];
    t.not(engine.ask(relayed(inner, '2001:db8:1::1', 'fe80::9', ...options)), null);
  };
  return { engine, ask };
}

t.test('[Kea] RENEW and REBIND change it, whoever asks anew or gives back does not', async (t) => {
  const { engine, ask } = engineFor();
  const is = (address: string, hardware: string, when: string): void =>
    void t.equal(hardwareOf(engine, address), hardware, when);
  ask(request, [0, 1, 0xa]);
  is(ADDRESS, '0a 1 8', 'given');
  ask(request, [0, 1, 0xb]);
  is(ADDRESS, '0a 1 8', 'asked for again');
  ask(renew, [0, 6, 0xa]);
  is(ADDRESS, '0a 6 8', 'renewed with another type');
  is(PREFIX, '0a 6 8', 'a prefix too');
  ask(rebind, [0, 6, ...new Uint8Array(20).fill(7)]);
  is(ADDRESS, `${'07'.repeat(20)} 6 8`, 'rebound');
  ask(renew, [0, 1, 0xc], iaNa(1, iaAddress(ADDRESS)));
  is(ADDRESS, '0c 1 8', 'renewed alone');
  is(PREFIX, `${'07'.repeat(20)} 6 8`, 'the prefix was not');
  ask(renew, null);
  is(ADDRESS, ' 1 0', 'renewed by a way on which nobody knows it');
  ask(renew, [0, 1, 0xd]);
  ask(release, [0, 1, 0xe]);
  is(ADDRESS, '0d 1 8', 'released');
});

t.test('a lease whose hardware address is another one now is written, however fresh it is', async (t) => {
  const { engine, ask } = engineFor(1000);
  const rowsAfter = (type: number, hw: readonly number[] | null): number => {
    ask(type, hw);
    return engine.rows().length;
  };
  t.equal(rowsAfter(request, [0, 1, 0xa]), 2);
  t.equal(rowsAfter(renew, [0, 1, 0xa]), 0);
  t.equal(rowsAfter(renew, [0, 1, 0xb]), 2);
  t.equal(rowsAfter(rebind, [0, 1, 0xb]), 0);
  t.equal(rowsAfter(request, [0, 1, 0xc]), 0);
  t.equal(hardwareOf(engine, ADDRESS), '0b 1 8');
});
