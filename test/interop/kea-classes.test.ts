/**
 * Expressions of client classes, generated from a seed: Kea and Tandem take and refuse the same, and put the same queries into
 * the same classes. Which classes Kea gives a query is seen by an option of each class in the answer.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import { Membership } from '../classes/membership.ts';
import { packet } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import { expressionsOf, mutated, queriesOf } from './class-cases.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS } from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer } from './server.ts';

/** Codes that nobody else puts into an answer: one for each class of a configuration. */
const CODES = [...range(128, 135), ...range(160, 209), ...range(214, 223)];
const KEA = 'kea-dhcp4';
const ROUNDS = 6;
const QUERIES = 40;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

t.test('Kea puts the same queries into the same classes', async (t) => {
  if (!needRootAnd(t, ['ip', 'kea-dhcp4'])) return;
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, serversSegment());
  let memberships = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const classes = expressionsOf(round, CODES.length).map((test, index) => ({ name: `c${index}`, test }));
    const dhcp4 = {
      ...ORDERLY,
      'client-classes': classes.map((each, index) => ({
        ...each,
        'option-data': [{ code: CODES[index], data: '01', 'csv-format': false, 'always-send': true }],
      })),
    };
    const kea = createServer(network, 'kea 2.2', { name: 'server1', directory, mode: null, dhcp4 });
    await kea.start();
    const queries = queriesOf(round, QUERIES).map((fields, index) => ({
      datagram: packet({
        ...fields,
        xid: index + 1,
        mac: `02:00:00:00:01:${(index + 1).toString(16).padStart(2, '0')}`,
        giaddr: ADDRESS.load,
      }),
    }));
    const answered = await askAsRelay(network, 'server1', queries);
    const own = new Membership(classes);
    for (const { datagram, reply } of answered) {
      if (reply === null) {
        t.fail(`no answer to ${Buffer.from(datagram).toString('hex', 240)}`);
        continue;
      }
      const byKea = classes.filter((_, index) => reply.options.has(CODES[index]!)).map(({ test }) => test);
      const names = new Set(own.evaluate(datagram));
      const byUs = classes.filter(({ name }) => names.has(name)).map(({ test }) => test);
      memberships += byKea.length;
      t.same(byUs, byKea, Buffer.from(datagram).toString('hex', 240));
    }
    await kea.stop();
  }
  t.ok(memberships > 1000, `${memberships} times a class was assigned`);
});

t.test('Kea takes and refuses the same expressions', async (t) => {
  if (!needRootAnd(t, ['kea-dhcp4'])) return;
  const file = join(temporaryDirectory(t), 'kea.conf');
  let refused = 0;
  for (const test of mutated(11, 150)) {
    const document = {
      Dhcp4: {
        'interfaces-config': { interfaces: [], 'dhcp-socket-type': 'udp' },
        'lease-database': { type: 'memfile', persist: false },
        'client-classes': [{ name: 'before' }, { name: 'x', test }],
      },
    };
    const text = JSON.stringify(document);
    writeFileSync(file, text);
    const isTakenByKea = spawnSync(KEA, ['-t', file]).status === 0;
    if (!isTakenByKea) refused += 1;
    t.equal(parseConfig(text, file).ok, isTakenByKea, test);
  }
  t.ok(refused > 50, `${refused} refused`);
});
