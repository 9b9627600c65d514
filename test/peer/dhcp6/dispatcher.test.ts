/** Lease updates of DHCPv6 on their way to a Kea, over real HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Verdict } from '../../../src/engine/parked/verdicts.ts';
import { dispatch6 } from '../support/dispatch.ts';
import { gate, leasesOf, startPartner, type TestPartner } from '../support/partner.ts';
import { address6, prefixAddress6 } from '../support/records6.ts';

const ADDRESS = address6('2001:db8:1::1');
const OTHER = address6('2001:db8:1::2');
const PREFIX = prefixAddress6('2001:db8:8000:100::');

const start = (t: Parameters<typeof startPartner>[0]) => startPartner(t, 'server2', 0, 'dhcp6');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

/** The leases of all requests: where they stood, address and type. */
function asked(partner: TestPartner): string[] {
  return partner.received.flatMap((command) => {
    const { leases } = command.args as { leases: unknown[] };
    return leasesOf(command).map(
      ({ 'ip-address': address, type }) => `${leases.length === 1 ? 'put' : 'delete'} ${address} ${type}`,
    );
  });
}

t.test('[scenario 39] an address and a prefix are two requests and one transaction', async (t) => {
  const partner = await start(t);
  const { shards, dispatcher } = dispatch6(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  const { script } = partner;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  partner.script = async (command) => {
    if (leasesOf(command)[0]!['type'] === 'IA_PD') await opened;
    return script(command);
  };
  const number = shards.send(0, [{ address: ADDRESS }, { address: PREFIX }]);
  await until(() => partner.leases.size === 1);
  await delay(20);
  t.same(shards.of(0, number), [], 'half of it is no verdict');
  open();
  await shards.settled(0, 1);
  t.same(shards.of(0, number), [Verdict.confirmed]);
  t.same(asked(partner).sort(), ['put 2001:db8:1::1 IA_NA', 'put 2001:db8:8000:100:: IA_PD']);
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
      const [lease] = leasesOf(command);
      if (lease!['type'] !== 'IA_PD') return { result: 0 };
      const failed = {
        type: 'IA_PD',
        'ip-address': lease!['ip-address'],
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
