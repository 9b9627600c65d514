/** Lease updates of DHCPv6 on their way to a Kea, over real HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Verdict } from '../../../src/engine/parked/verdicts.ts';
import { peerFamily6 } from '../../../src/peer/dhcp6/family.ts';
import { dispatch6 } from '../support/dispatch.ts';
import { changesOf, gate, leasesOf, startPartner, type TestPartner } from '../support/partner.ts';
import { address6, prefixAddress6 } from '../support/records6.ts';

const ADDRESS = address6('2001:db8:1::1');
const OTHER = address6('2001:db8:1::2');
const PREFIX = prefixAddress6('2001:db8:8000:100::');

const start = (t: Parameters<typeof startPartner>[0]) => startPartner(t, 'server2', 0, 'dhcp6');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

const asked = (partner: TestPartner): string[] => partner.received.flatMap(changesOf);

/** So many addresses behind the first. */
const addresses = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => address6(`2001:db8:1::${(from + at).toString(16)}`));

/** Does to the partner what makes a Kea apply none of several leases. */
function refuseSeveral(partner: TestPartner): void {
  const { script } = partner;
  partner.script = (command) =>
    leasesOf(command).length > 1 ? { result: 1, text: 'not all' } : script(command);
}

t.test('[scenario 39] an address and a prefix are one request and one transaction', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  const number = shards.send(0, [{ address: ADDRESS }, { address: PREFIX }]);
  await until(() => partner.inFlight === 1);
  t.same(shards.of(0, number), [], 'no verdict before the answer');
  hold.release();
  await shards.settled(0, 1);
  t.same(shards.of(0, number), [Verdict.confirmed]);
  t.same(partner.received.map(changesOf), [['put 2001:db8:1::1 IA_NA', 'put 2001:db8:8000:100:: IA_PD']]);
});

t.test('while every place is taken updates gather, and go many to a request', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client, { connections: 2 });
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  const numbers: number[] = [];
  for (const [at, address] of addresses(2).entries()) {
    numbers.push(shards.send(0, [{ address }]));
    await until(() => partner.inFlight === at + 1);
  }
  const many = addresses(peerFamily6.leasesPerRequestMax + 10, 10);
  for (const [at, address] of many.entries())
    numbers.push(shards.write(0, [{ address, ...(at % 2 === 0 ? {} : { isUpdate: false }) }]));
  shards.ring();
  await delay(20);
  t.equal(partner.received.length, 2, 'no more than there are places');
  hold.release();
  await shards.settled(0, 2 + many.length);
  t.same(
    partner.received.map((command) => leasesOf(command).length),
    [1, 1, peerFamily6.leasesPerRequestMax, 10],
  );
  t.same(asked(partner).length, new Set(asked(partner)).size);
  for (const number of numbers) t.same(shards.of(0, number), [Verdict.confirmed], `${number}`);
});

t.test('one lease that a Kea cannot read costs the others of its request one more request', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher, listener } = dispatch6(t, partner.client, { connections: 2 });
  dispatcher.setPartnerUpdates('send');
  const bad = '2001:db8:1::3';
  partner.script = (command) =>
    leasesOf(command).some((lease) => lease['ip-address'] === bad)
      ? { result: 1, text: 'subnet-id 9 is unknown' }
      : { result: 0, text: '' };
  const numbers = addresses(5).map((address) => shards.write(0, [{ address }]));
  shards.ring();
  await shards.settled(0, 5);
  t.same(
    numbers.map((number) => shards.of(0, number)[0]),
    [Verdict.confirmed, Verdict.confirmed, Verdict.rejected, Verdict.confirmed, Verdict.confirmed],
  );
  t.same(
    partner.received.map((command) => leasesOf(command).length),
    [5, 1, 1, 1, 1, 1],
  );
  t.ok(partner.inFlightMax <= 2);
  t.ok(listener.calls.includes('refused 1: subnet-id 9 is unknown'), listener.calls.join());
  t.notMatch(listener.calls, /failed/);
});

t.test('what has to be sent alone is not overtaken by a newer state of its lease', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client, { connections: 1 });
  dispatcher.setPartnerUpdates('send');
  refuseSeveral(partner);
  const hold = gate(partner);
  const [first, second] = addresses(2);
  for (const address of [first!, second!]) shards.write(0, [{ address, expireSec: 1_800_000_001 }]);
  shards.ring();
  await until(() => partner.inFlight === 1);
  for (const address of [second!, first!]) shards.write(0, [{ address, expireSec: 1_800_000_002 }]);
  shards.ring();
  hold.release();
  await shards.settled(0, 4);
  t.same(partner.overlaps, []);
  t.same([...partner.leases.values()], [1_800_000_002, 1_800_000_002]);
});

t.test('what has to be sent alone is taken back when the mode changes', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client, { connections: 1 });
  dispatcher.setPartnerUpdates('send');
  refuseSeveral(partner);
  const { script } = partner;
  const hold = gate(partner);
  const { script: held } = partner;
  partner.script = (command) => (leasesOf(command).length > 1 ? script(command) : held(command));
  const numbers = addresses(3).map((address) => shards.write(0, [{ address }]));
  shards.ring();
  await until(() => partner.received.length === 2);
  dispatcher.setPartnerUpdates('queue');
  hold.release();
  await shards.settled(0, 3);
  t.ok(numbers.every((number) => shards.of(0, number)[0] === Verdict.confirmed));
  t.equal(dispatcher.backlog().length, 2, 'only the one under way went alone');
  partner.script = () => ({ result: 0, text: '' });
  t.equal(await dispatcher.sendBacklog(), true);
  t.equal(partner.leases.size, 3, 'the partner has them all');
  t.same(
    partner.received.map((command) => leasesOf(command).length),
    [3, 1, 2],
  );
});

t.test('[scenarios 43, 44] one of two that is not taken rejects the transaction', async (t) => {
  for (const [result, call] of [
    [4, 'rejected'],
    [1, 'refused 1: no room'],
  ] as const) {
    const partner = await start(t);
    const { shards, dispatcher, listener } = dispatch6(t, partner.client);
    dispatcher.setPartnerUpdates('send');
    partner.script = (command) => {
      const lease = leasesOf(command).find(({ type }) => type === 'IA_PD');
      if (lease === undefined) return { result: 0 };
      const failed = {
        type: 'IA_PD',
        'ip-address': lease['ip-address'],
        result,
        'error-message': 'no room',
      };
      return { result: 3, arguments: { 'failed-leases': [failed] } };
    };
    const number = shards.send(0, [{ address: ADDRESS }, { address: PREFIX }]);
    const whole = shards.send(0, [{ address: OTHER }]);
    await shards.settled(0, 2);
    t.same(shards.of(0, number), [Verdict.rejected]);
    t.same(shards.of(0, whole), [Verdict.confirmed]);
    t.ok(listener.calls.includes(call), listener.calls.join());
    t.notMatch(listener.calls, /failed/);
    const [client] = listener.clients.rejected;
    if (result === 4) t.match(client, { hwAddress: '', clientId: /^00:03:00:01:20:01:0d:b8:80:00:/ });
  }
});

t.test(
  'a deletion that is owed goes out as of what it was, although the lease is not there any more',
  async (t) => {
    const partner = await start(t);
    const { shards, dispatcher } = dispatch6(t, partner.client);
    dispatcher.setPartnerUpdates('queue');
    shards.send(0, [{ address: ADDRESS }, { address: PREFIX }]);
    shards.send(0, [
      { address: ADDRESS, isUpdate: false },
      { address: PREFIX, isUpdate: false },
      { address: OTHER },
    ]);
    await shards.settled(0, 2);
    t.equal(await dispatcher.sendBacklog(), true);
    t.same(asked(partner).sort(), [
      'delete 2001:db8:1::1 IA_NA',
      'delete 2001:db8:8000:100:: IA_PD',
      'put 2001:db8:1::2 IA_NA',
    ]);
  },
);

t.test('requests about one prefix never overtake each other', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  shards.send(0, [{ address: PREFIX, expireSec: 1_800_000_001 }]);
  await until(() => partner.inFlight === 1);
  for (let later = 2; later < 6; later++)
    shards.write(0, [{ address: PREFIX, expireSec: 1_800_000_000 + later }]);
  shards.ring();
  hold.release();
  await shards.settled(0, 5);
  t.same(partner.overlaps, []);
  t.equal(partner.leases.get('2001:db8:8000:100::'), 1_800_000_005);
});
