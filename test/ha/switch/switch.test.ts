/** The switch of the DHCP service and its two commands. */
import fc from 'fast-check';
import t from 'tap';
import type { Answer } from '../../../src/control/answer.ts';
import { systemTimers } from '../../../src/ha/service/timers.ts';
import { createServiceSwitchCommands } from '../../../src/ha/switch/commands.ts';
import { createServiceSwitch, dhcpState, Origin } from '../../../src/ha/switch/switch.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

function setup(applied: () => Promise<void> = async () => {}) {
  const time = new VirtualTime();
  const logged: string[] = [];
  const serviceSwitch = createServiceSwitch({ timers: time, log: (id) => logged.push(id) });
  const commands = createServiceSwitchCommands(serviceSwitch, applied);
  const run = async (name: string, args?: unknown): Promise<Answer> => commands.get(name)!(args);
  return { time, serviceSwitch, run, logged };
}

t.test('the service is on only while no origin holds it off', async (t) => {
  const { serviceSwitch } = setup();
  t.ok(serviceSwitch.enabled);
  serviceSwitch.disable(Origin.haPartner, null);
  serviceSwitch.disable(Origin.user, null);
  t.notOk(serviceSwitch.enabled);
  serviceSwitch.enable(Origin.user);
  t.notOk(serviceSwitch.enabled);
  t.same(serviceSwitch.origins(), [2000]);
  serviceSwitch.enable(Origin.haPartner);
  t.ok(serviceSwitch.enabled);
});

t.test('who else holds', async (t) => {
  const { serviceSwitch } = setup();
  t.notOk(serviceSwitch.isHeldByOthers(1000));
  serviceSwitch.disable(1000, null);
  t.notOk(serviceSwitch.isHeldByOthers(1000));
  t.ok(serviceSwitch.isHeldByOthers(2000));
  serviceSwitch.disable(2000, null);
  t.ok(serviceSwitch.isHeldByOthers(1000));
});

t.test('a hold with a period ends by itself, a repeated one starts the period anew', async (t) => {
  const { time, run, serviceSwitch, logged } = setup();
  await run('dhcp-disable', { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 60 });
  await time.advance(59_000);
  await run('dhcp-disable', { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 60 });
  await time.advance(59_999);
  t.notOk(serviceSwitch.enabled);
  await time.advance(1);
  t.ok(serviceSwitch.enabled);
  t.same(logged, ['TDM_HA_SERVICE_HELD', 'TDM_HA_SERVICE_HOLD_EXPIRED']);
});

t.test('enabling an origin stops its timer, not those of others', async (t) => {
  const { time, run, serviceSwitch } = setup();
  await run('dhcp-disable', { origin: 'ha-partner', 'max-period': 10 });
  await run('dhcp-disable', { origin: 'user', 'max-period': 20 });
  await run('dhcp-enable', { origin: 'ha-partner' });
  t.equal(time.armedCount, 1);
  await run('dhcp-disable', { origin: 'ha-partner' });
  await time.advance(30_000);
  t.same(serviceSwitch.origins(), [2000], 'a hold without a period replaced the timer');
  await run('dhcp-disable', { origin: 'ha-partner', 'max-period': 10 });
  serviceSwitch.close();
  t.equal(time.armedCount, 0);
  t.notOk(serviceSwitch.enabled);
});

t.test('origins in all their forms', async (t) => {
  const { run, serviceSwitch } = setup();
  for (const [args, origin] of [
    [undefined, 1],
    [{}, 1],
    [{ origin: 'user' }, 1],
    [{ origin: 'ha-partner' }, 2000],
    [{ origin: 2001 }, 2001],
    [{ 'origin-id': 2002, origin: 'ha-partner' }, 2002],
    [{ 'origin-id': 1000 }, 1000],
  ] as const) {
    t.equal((await run('dhcp-disable', args)).result, 0);
    t.same(serviceSwitch.origins(), [origin]);
    t.equal((await run('dhcp-enable', args)).result, 0);
    t.ok(serviceSwitch.enabled);
  }
});

t.test('bad arguments are refused with a reason and change nothing', async (t) => {
  const { run, serviceSwitch } = setup();
  serviceSwitch.disable(5, null);
  for (const args of [
    null,
    [],
    'text',
    { origin: 'ha_partner' },
    { origin: null },
    { origin: {} },
    { origin: 1.5 },
    { 'origin-id': '2000' },
    { 'origin-id': 0 },
    { 'origin-id': -1 },
    { 'origin-id': 2 ** 32 },
    { 'origin-id': 1e300 },
  ]) {
    for (const command of ['dhcp-disable', 'dhcp-enable']) {
      const answer = await run(command, args);
      t.equal(answer.result, 1, JSON.stringify(args));
      t.ok(answer.text);
    }
  }
  for (const period of [0, -1, 1.5, '60', null, 2 ** 32, {}])
    t.equal((await run('dhcp-disable', { 'max-period': period })).result, 1);
  t.equal(
    (await run('dhcp-disable', { 'origin-id': 3000, 'max-period': 5 })).result,
    1,
    'databases have no timer',
  );
  t.same(serviceSwitch.origins(), [5]);
});

t.test('the number of origins is bounded, the own one always has room', async (t) => {
  const { run, serviceSwitch } = setup();
  let refused = 0;
  for (let origin = 1; origin <= 200; origin++)
    refused += (await run('dhcp-disable', { 'origin-id': 2000 + origin })).result;
  t.equal(serviceSwitch.origins().length, 64);
  t.equal(refused, 136);
  t.ok(serviceSwitch.disable(Origin.haLocal, null));
  t.equal(
    (await run('dhcp-disable', { 'origin-id': 2001, 'max-period': 9 })).result,
    0,
    'a known origin needs no room',
  );
});

t.test('the answer waits for the shards, and says when they do not follow', async (t) => {
  let release: () => void = () => {};
  const { run } = setup(() => new Promise((resolve) => (release = resolve)));
  let done = false;
  const answer = run('dhcp-disable').then(() => (done = true));
  await settle();
  t.notOk(done);
  release();
  await answer;
  t.ok(done);
  const deaf = setup(() => Promise.reject(new Error('shard 1')));
  t.equal((await deaf.run('dhcp-disable')).result, 1);
});

t.test('dhcp-state of status-get', async (t) => {
  const { serviceSwitch } = setup();
  t.same(dhcpState(serviceSwitch), {
    'globally-disabled': false,
    'disabled-by-user': false,
    'disabled-by-local-command': [],
    'disabled-by-remote-command': [],
    'disabled-by-db-connection': [],
  });
  for (const origin of [1, 1000, 2000, 2002, 3000]) serviceSwitch.disable(origin, null);
  t.same(dhcpState(serviceSwitch), {
    'globally-disabled': true,
    'disabled-by-user': true,
    'disabled-by-local-command': [1000],
    'disabled-by-remote-command': [2000, 2002],
    'disabled-by-db-connection': [3000],
  });
});

t.test('any JSON as arguments gets an answer', async (t) => {
  const { run } = setup();
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom('dhcp-disable', 'dhcp-enable'),
      async (args, command) => {
        const answer = await run(command, args);
        return answer.result === 0 || (answer.result === 1 && answer.text !== undefined);
      },
    ),
    { seed: 56, numRuns: 300 },
  );
  t.pass();
});

t.test(
  "the system's timers run once, can be cancelled, and do not overflow into running at once",
  async (t) => {
    // Unreferenced timers alone would let the process end here.
    const alive = setTimeout(() => {}, 10_000);
    let runs = 0;
    await new Promise<void>((resolve) => {
      systemTimers.after(1, () => {
        runs++;
        resolve();
      });
    });
    const cancelHuge = systemTimers.after(2 ** 40, () => runs++);
    systemTimers.after(1, () => runs++)();
    await new Promise((resolve) => setTimeout(resolve, 20));
    cancelHuge();
    clearTimeout(alive);
    t.equal(runs, 1);
  },
);
