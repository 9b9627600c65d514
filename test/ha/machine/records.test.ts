/** Conformance scenarios 63 to 65: clocks, unsent counters, rejected updates; and the bounded records behind them. */
import t from 'tap';
import { emptyRecords, RecordsEditor, recordEntries } from '../../../src/ha/machine/client-records.ts';
import {
  forgetRejected,
  isRejectedLimitReached,
  noRejectedClients,
  purgeRejected,
  recordRejected,
} from '../../../src/ha/machine/rejected.ts';
import { addUnsent, hasNewUnsent, NO_PARTNER_UNSENT, reportUnsent } from '../../../src/ha/machine/unsent.ts';
import { Machine } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const config = relationship('load-balancing', 'server1');

t.test('[scenario 63] a skew of 15 s is silent, 35 s warns once a minute, 65 s terminates', async (t) => {
  const warnings = (machine: Machine) =>
    machine.effects.filter((effect) => effect.kind === 'log' && effect.id === 'TDM_HA_CLOCK_SKEW');
  const machine = Machine.in(config, 'load-balancing').heartbeat('load-balancing', { skewSec: 15 });
  t.same(warnings(machine), []);
  machine.heartbeat('load-balancing', { skewSec: -35 });
  t.equal(warnings(machine).length, 1);
  machine.nowMs += 60_000;
  t.equal(warnings(machine.heartbeat('load-balancing', { skewSec: 35 })).length, 0);
  machine.nowMs += 1;
  t.equal(warnings(machine.heartbeat('load-balancing', { skewSec: 35 })).length, 1);
  t.equal(machine.heartbeat('load-balancing', { skewSec: 60 }).name, 'load-balancing');
  machine.nowMs += 60_001;
  machine.heartbeat('load-balancing', { skewSec: 65 });
  t.equal(warnings(machine).length, 1);
  t.equal(machine.name, 'terminated');
  t.match(machine.state.reason, '65 s apart');
});

t.test('[scenario 64] the own counter wraps to 1, never to 0', async (t) => {
  const max = 0xffffffffffffffffn;
  t.equal(addUnsent(max, 1), 1n);
  t.equal(addUnsent(max - 1n, 1), max);
  t.equal(addUnsent(max, 3), 3n);
  t.equal(addUnsent(0n, 1), 1n);
});

t.test('[scenario 64] a partner count is new only right after it changed', async (t) => {
  let unsent = NO_PARTNER_UNSENT;
  const news = [5, 5, 10, 0].map((count) => {
    unsent = reportUnsent(unsent, count);
    return hasNewUnsent(unsent);
  });
  t.same(news, [true, false, true, false]);
});

t.test('[scenario 40] withheld transactions are counted while there is a partner', async (t) => {
  const machine = Machine.in(config, 'partner-down').submit({ kind: 'updates-unsent', transactions: 3 });
  t.equal(machine.state.unsentUpdates, 3n);
  const alone = Machine.in(relationship('passive-backup', 'server1'), 'passive-backup');
  t.equal(alone.submit({ kind: 'updates-unsent', transactions: 3 }).state.unsentUpdates, 0n);
});

t.test('[scenario 65] nine rejected clients are fine, the tenth terminates', async (t) => {
  const machine = Machine.in(config, 'load-balancing');
  const clients = Array.from({ length: 9 }, (_, index) => `02:${index}/`);
  machine.submit({ kind: 'updates-rejected', clients }).submit({ kind: 'updates-rejected', clients });
  t.equal(machine.heartbeat('load-balancing').name, 'load-balancing');
  machine.submit({ kind: 'updates-rejected', clients: ['02:0/01:02'] });
  t.equal(machine.heartbeat('load-balancing').name, 'terminated');
});

t.test('[scenarios 43, 65] records expire after a day and go with a success', async (t) => {
  const machine = Machine.in(config, 'load-balancing').submit({
    kind: 'updates-rejected',
    clients: ['a/', 'b/'],
  });
  machine.submit({ kind: 'updates-confirmed', clients: ['a/', 'unknown/'] });
  t.equal(machine.state.rejected.records.size, 1);
  t.notOk(machine.has('track-confirmed'));
  machine.nowMs += 86_400_000;
  machine.heartbeat('load-balancing');
  t.equal(machine.state.rejected.records.size, 0);
  t.same(machine.effect('track-confirmed'), { kind: 'track-confirmed', on: false });
});

t.test('[scenario 65] a repeated rejection prolongs the record; one without lifetime vanishes', async (t) => {
  let rejected = recordRejected(noRejectedClients(config), ['a/', 'b/'], 1000);
  rejected = recordRejected(rejected, ['a/'], 5000);
  t.equal(purgeRejected(rejected, 1000).records.size, 1);
  t.equal(purgeRejected(rejected, 5000).records.size, 0);
  t.equal(purgeRejected(recordRejected(noRejectedClients(config), ['a/'], 7), 7).records.size, 0);
});

t.test('[scenario 65] max-rejected-lease-updates 0 never terminates', async (t) => {
  const rejected = recordRejected(
    noRejectedClients(config),
    Array.from({ length: 500 }, (_, i) => `${i}/`),
    1000,
  );
  t.notOk(isRejectedLimitReached(rejected, { ...config, maxRejectedLeaseUpdates: 0 }));
  t.ok(isRejectedLimitReached(rejected, config));
  t.equal(forgetRejected(noRejectedClients(config), ['a/']).records.size, 0);
});

t.test('rejected records are bounded', async (t) => {
  let rejected = noRejectedClients(config);
  for (let batch = 0; batch < 20; batch++)
    rejected = recordRejected(
      rejected,
      Array.from({ length: 500 }, (_, i) => `${batch}-${i}/`),
      1000 + batch,
    );
  t.ok(rejected.records.size <= rejected.records.sizeMax);
  t.ok(isRejectedLimitReached(rejected, config));
});

t.test('records: at the bound the oldest of the same bucket makes room, or there is none', async (t) => {
  const editor = new RecordsEditor(emptyRecords<number>(1));
  editor.set('a', 1, 'evict');
  const keys = Array.from({ length: 2000 }, (_, index) => `${index}`);
  const taken = keys.filter((key) => editor.set(key, 1, 'evict'));
  t.equal(editor.finish().size, 1);
  t.ok(taken.length > 0 && taken.length < keys.length);
  t.equal(editor.get(taken.at(-1)!), 1, 'the newest stays');
});

t.test('records: an editor changes only its own copy and knows its size', async (t) => {
  const editor = new RecordsEditor(emptyRecords<number>(3));
  for (const key of ['a', 'b', 'c']) t.ok(editor.set(key, 1, 'refuse'));
  t.notOk(editor.set('d', 1, 'refuse'), 'no room');
  t.ok(editor.set('a', 2, 'refuse'), 'a known client needs no room');
  const full = editor.finish();
  const next = new RecordsEditor(full);
  t.ok(next.delete('a'));
  t.notOk(next.delete('a'));
  t.notOk(next.delete('z'));
  t.ok(next.set('d', 4, 'refuse'));
  t.same([...recordEntries(full)].sort(), [
    ['a', 2],
    ['b', 1],
    ['c', 1],
  ]);
  t.same([...recordEntries(next.finish())].sort(), [
    ['b', 1],
    ['c', 1],
    ['d', 4],
  ]);
  t.equal(next.get('b'), 1);
});
