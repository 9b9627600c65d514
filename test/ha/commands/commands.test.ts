/** The HA commands: wire forms, result codes, hostile arguments. Conformance scenarios 29 to 36, 60, 66 to 68. */
import fc from 'fast-check';
import t from 'tap';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import type { Answer } from '../../../src/control/answer.ts';
import type { PeerAnswer } from '../../../src/peer/model.ts';
import { lease } from '../support/memory-store.ts';
import { answered, type Respond, refused, ScriptedPeer } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

/** A load-balancing primary in its normal state; `respond` answers what it sends to the partner. */
async function normal(respond: Respond = () => answered(0), changes: Partial<HaRelationshipConfig> = {}) {
  const time = new VirtualTime();
  const heartbeat = () =>
    answered(0, {
      state: 'load-balancing',
      'date-time': new Date(time.wallMs()).toUTCString(),
      scopes: ['server2'],
    });
  const peer = new ScriptedPeer('server2', 'secondary', (command, args) =>
    command === 'ha-heartbeat' ? heartbeat() : respond(command, args),
  );
  const config = relationship('load-balancing', 'server1', { syncLeases: false, ...changes });
  const server = new Server(config, time, [peer]).start();
  await time.advance(30_000);
  return { time, peer, server };
}

function lone(mode: 'load-balancing' | 'hot-standby' | 'passive-backup', name: string): Server {
  return new Server(relationship(mode, name), new VirtualTime(), []).start();
}

t.test('[scenario 67] ha-heartbeat reports state, time, scopes and the unsent count', async (t) => {
  const { server, time } = await normal();
  t.same(await server.command('ha-heartbeat', { 'server-name': 'server2' }), {
    result: 0,
    text: 'HA peer status returned.',
    arguments: {
      state: 'load-balancing',
      'date-time': new Date(time.wallMs()).toUTCString(),
      scopes: ['server1'],
      'unsent-update-count': 0,
      tandem: { version: '0.0.0-test', 'gives-back': true, stream: [] },
    },
  });
  t.equal((await lone('passive-backup', 'server1').command('ha-heartbeat')).result, 0);
  t.match(await lone('load-balancing', 'server3').command('ha-heartbeat'), {
    arguments: { state: 'backup' },
  });
});

t.test('a server that cannot store leases answers no heartbeat and sends none, until it can', async (t) => {
  const { server, time, peer } = await normal();
  server.service.storage(false);
  t.match(await server.command('ha-heartbeat', { 'server-name': 'server2' }), {
    result: 1,
    text: /cannot store leases/,
  });
  t.match(server.service.why(), { state: 'waiting', 'waits-for': [/lease file must take leases/] });
  const sent = peer.sent.length;
  await time.advance(60_000);
  t.equal(peer.sent.length, sent);
  server.service.storage(true);
  t.equal((await server.command('ha-heartbeat')).result, 0);
  await time.advance(30_000);
  t.ok(peer.sent.length > sent);
});

t.test('our own heartbeat carries our name and shows a Tandem', async (t) => {
  const { peer } = await normal();
  t.same(peer.sent[0], {
    command: 'ha-heartbeat',
    args: {
      'server-name': 'server1',
      tandem: { version: '0.0.0-test', 'gives-back': true, stream: [] },
    },
  });
});

t.test('[scenario 68] server-name: absent, any name of ours, unknown, not a string', async (t) => {
  const { server } = await normal();
  for (const command of [
    'ha-heartbeat',
    'ha-continue',
    'ha-scopes',
    'ha-sync-complete-notify',
    'ha-maintenance-notify',
    'ha-reset',
    'ha-why',
  ]) {
    const more = { scopes: ['server1'], cancel: true };
    for (const name of ['server9', '', '__proto__', 5, null, {}, 'x'.repeat(100_000)]) {
      const answer = await server.command(command, { ...more, 'server-name': name });
      t.equal(answer.result, 1, `${command} ${String(name).slice(0, 20)}`);
      t.ok(answer.text !== undefined && answer.text.length < 300);
    }
  }
  t.equal(server.state, 'load-balancing');
  for (const [command, args] of [
    ['ha-heartbeat', undefined],
    ['ha-continue', {}],
    ['ha-scopes', { scopes: ['server1'] }],
    ['ha-sync-complete-notify', undefined],
    ['ha-why', undefined],
  ] as const)
    t.equal((await server.command(command, args)).result, 0, `${command} without a name`);
  t.equal((await server.command('ha-heartbeat', { 'server-name': 'server3' })).result, 0);
  t.equal((await server.command('ha-reset', { 'server-name': 'server1' })).result, 0);
});

t.test('[scenario 29] ha-reset', async (t) => {
  const { server } = await normal();
  const answer = await server.command('ha-reset');
  t.equal(answer.result, 0);
  t.equal(answer.arguments, undefined);
  t.equal(server.state, 'ready', 'exactly one state ran: waiting, which saw a working partner');
  t.notOk(server.policy.serviceEnabled);
  const waiting = lone('load-balancing', 'server1');
  t.equal((await waiting.command('ha-reset')).result, 0);
  t.equal(waiting.state, 'waiting');
});

t.test('[scenarios 30, 31] ha-sync-complete-notify releases exactly the origin that it names', async (t) => {
  const { server } = await normal();
  for (const [args, origin] of [
    [undefined, 2000],
    [{ 'server-name': 'server2', 'origin-id': 2002, origin: 2001 }, 2002],
    [{ origin: 2002 }, 2002],
  ] as const) {
    server.serviceSwitch.disable(origin, null);
    server.serviceSwitch.disable(2777, null);
    t.equal((await server.command('ha-sync-complete-notify', args)).result, 0);
    t.same(server.serviceSwitch.origins(), [2777]);
    server.serviceSwitch.enable(2777);
  }
  server.serviceSwitch.disable(1, null);
  for (const args of [
    { 'origin-id': '2000' },
    { origin: 'ha-partner' },
    { 'origin-id': 1.5 },
    { 'origin-id': 1 },
    { origin: 1000 },
  ])
    t.equal((await server.command('ha-sync-complete-notify', args)).result, 1, JSON.stringify(args));
  t.same(server.serviceSwitch.origins(), [1], "nobody's hold but a partner's can be released by it");
});

t.test(
  '[scenario 30] in partner-down the service stays off without a gap until the next heartbeat',
  async (t) => {
    let partnerIsBack = false;
    const time = new VirtualTime();
    const peer = new ScriptedPeer('server2', 'secondary', () =>
      partnerIsBack
        ? answered(0, { state: 'ready', 'date-time': new Date(time.wallMs()).toUTCString(), leases: [] })
        : refused,
    );
    const server = new Server(relationship('load-balancing', 'server1'), time, [peer]).start();
    await time.advance(80_000);
    t.equal(server.state, 'partner-down');
    for (const back of [false, true]) {
      await server.command('dhcp-disable', { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 60 });
      const before = server.policies.length;
      await server.command('ha-sync-complete-notify', { 'origin-id': 2000 });
      t.notOk(
        server.policies.slice(before).some((policy) => policy.serviceEnabled),
        'no gap',
      );
      t.notOk(server.policy.serviceEnabled);
      partnerIsBack = back;
      await time.advance(10_000);
      t.ok(server.policy.serviceEnabled);
      t.equal(server.state, back ? 'load-balancing' : 'partner-down');
    }
  },
);

t.test('a backup that has synchronized lets go of its hold, and says nothing of the partner', async (t) => {
  const time = new VirtualTime();
  let partner = 'away';
  const peer = new ScriptedPeer('server2', 'secondary', (command) =>
    partner === 'away' && command === 'ha-heartbeat'
      ? refused
      : answered(0, { state: partner, 'date-time': new Date(time.wallMs()).toUTCString(), leases: [] }),
  );
  const server = new Server(relationship('load-balancing', 'server1'), time, [peer]).start();
  await time.advance(80_000);
  await server.command('ha-sync-complete-notify', { 'server-name': 'server2', 'origin-id': 2000 });
  await time.advance(10_000);
  server.service.unsent(1);
  await server.command('dhcp-disable', { 'origin-id': 2000, 'max-period': 60 });
  const args = { 'server-name': 'server3', 'origin-id': 2000 };
  const byStream = { ...args, tandem: { 'by-stream': true } };
  t.equal((await server.command('ha-sync-complete-notify', byStream)).result, 0);
  t.notOk(server.policy.serviceEnabled, 'by its stream it held nothing off: that hold is of somebody else');
  t.equal((await server.command('ha-sync-complete-notify', args)).result, 0);
  t.ok(server.policy.serviceEnabled, 'at once');
  partner = 'ready';
  await time.advance(10_000);
  t.ok(
    peer.sent.some(({ command }) => command === 'ha-reset'),
    'the partner lacks a lease that was given while it was away',
  );
  t.equal(server.state, 'partner-down');
});

t.test('[scenario 60] ha-scopes sets what is served, or nothing changes', async (t) => {
  const { server } = await normal();
  for (const [scopes, bits] of [
    [['server2', 'server1', 'server1'], 3],
    [['server2'], 2],
    [[], 0],
    [['server3'], 0],
    [['server1'], 1],
  ] as const) {
    t.equal((await server.command('ha-scopes', { scopes })).result, 0);
    t.equal(server.policy.scopes, bits);
  }
  for (const scopes of [
    undefined,
    null,
    'server1',
    ['server9'],
    ['server2', 'HA_server1'],
    [5],
    [null],
    ['__proto__'],
    {},
  ]) {
    t.match(await server.command('ha-scopes', { scopes }), { result: 1, text: String });
    t.equal(server.policy.scopes, 1);
  }
  t.equal((await server.command('ha-scopes')).result, 1);
});

t.test(
  '[scenario 60] ha-scopes lets go of a stale hold in a serving state, not in a silent one',
  async (t) => {
    const { server } = await normal();
    server.serviceSwitch.disable(1000, null);
    await server.command('ha-scopes', { scopes: ['server1'] });
    t.ok(server.policy.serviceEnabled);
    const backup = lone('load-balancing', 'server3');
    await backup.command('ha-scopes', { scopes: ['server1', 'server2'] });
    t.same([backup.policy.scopes, backup.policy.serviceEnabled], [3, false]);
    await backup.command('dhcp-enable', { 'origin-id': 1000 });
    t.same([backup.policy.scopes, backup.policy.serviceEnabled], [3, true], 'a backup takes over');
  },
);

t.test('[scenario 22] ha-continue tells whether there was a pause', async (t) => {
  const { server } = await normal();
  t.match(await server.command('ha-continue'), { result: 0, text: /not paused/ });
  const paused = new Server(
    relationship('load-balancing', 'server1', { pauses: { waiting: 'always' } }),
    new VirtualTime(),
    [],
  ).start();
  t.match(paused.service.why()['waits-for'], [/^ha-continue/]);
  t.match(await paused.command('ha-continue'), { result: 0, text: /continues/ });
  t.match(await paused.command('ha-continue'), { result: 0, text: /not paused/ });
});

t.test('[scenarios 32, 33, 34] ha-maintenance-notify', async (t) => {
  const { server } = await normal();
  t.same(await server.command('ha-maintenance-notify', { 'server-name': 'server2', cancel: true }), {
    result: 1,
    text: 'Unable to cancel the maintenance for the server not in the in-maintenance state.',
  });
  t.equal(
    (await server.command('ha-maintenance-notify', { cancel: false, state: 'load-balancing' })).result,
    0,
  );
  t.equal(server.state, 'in-maintenance');
  t.notOk(server.policy.serviceEnabled);
  t.match(await server.command('ha-maintenance-notify', { cancel: true, state: 'no-such-state' }), {
    result: 0,
    arguments: { state: 'load-balancing' },
  });
  t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': 'unavailable' } } });
  t.equal(
    (await lone('load-balancing', 'server3').command('ha-maintenance-notify', { cancel: false })).result,
    1001,
  );
  t.equal(
    (await lone('passive-backup', 'server1').command('ha-maintenance-notify', { cancel: false })).result,
    1001,
  );
  for (const args of [
    undefined,
    null,
    [],
    {},
    { cancel: 'false' },
    { cancel: 0 },
    { cancel: false, state: 5 },
  ])
    t.equal((await server.command('ha-maintenance-notify', args)).result, 1, JSON.stringify(args));
  t.equal(server.state, 'load-balancing');
});

t.test('[scenario 35] ha-maintenance-start by the answer of the partner', async (t) => {
  for (const [answer, state, result] of [
    [answered(0), 'partner-in-maintenance', 0],
    [refused, 'partner-down', 0],
    [answered(1), 'partner-down', 0],
    [answered(1001, undefined, 'not now'), 'load-balancing', 1],
    [answered(2), 'load-balancing', 1],
  ] as const) {
    const { server, peer } = await normal(() => answer);
    const reply = await server.command('ha-maintenance-start');
    t.equal(reply.result, result);
    t.equal(server.state, state);
    const notified = peer.sent.find(({ command }) => command === 'ha-maintenance-notify');
    if (answer === refused) t.equal(notified, undefined, 'who cannot be reached is not asked twice');
    else t.same(notified?.args, { 'server-name': 'server1', cancel: false, state: 'load-balancing' });
    if (result === 0) t.equal(server.policy.scopes, 3);
    if (answer === refused) t.match(reply.text, /appears to be offline/);
  }
  t.equal((await lone('load-balancing', 'server3').command('ha-maintenance-start')).result, 1);
  t.equal((await lone('passive-backup', 'server1').command('ha-maintenance-start')).result, 1);
});

t.test(
  'a partner is silenced, and its last leases are here, before it hears of its maintenance',
  async (t) => {
    /** Commands from the maintenance on, with the waits between them, when the partner answers dhcp-disable like this. */
    const start = async (disabled: PeerAnswer, lateUpdates = 0) => {
      const story: unknown[] = [];
      const { server } = await normal((command, args) => {
        if (command === 'lease4-get-by-client-id') return answered(3);
        story.push(command === 'dhcp-disable' || command === 'dhcp-enable' ? [command, args] : command);
        return command === 'dhcp-disable' ? disabled : answered(0);
      });
      let late = lateUpdates;
      server.pass = (delayMs) => {
        story.push(delayMs);
        if (late-- > 0) server.store.put(lease(0x0a000001, 1000 + late));
      };
      t.equal((await server.command('ha-maintenance-start')).result, 0);
      t.equal(server.state, 'partner-in-maintenance');
      return story;
    };
    const origin = { 'origin-id': 2000, origin: 'ha-partner' };
    const disable = ['dhcp-disable', { ...origin, 'max-period': 30 }];
    const rest = ['ha-maintenance-notify', ['dhcp-enable', origin]];
    t.same(await start(answered(0)), [disable, 200, ...rest], 'a Kea is given time for what it has taken');
    t.same(await start(answered(0), 2), [disable, 200, 200, 200, ...rest], 'as long as its updates come');
    t.same(await start(answered(0), 100), [disable, ...Array(10).fill(200), ...rest], 'but not for ever');
    t.same(await start(answered(0, { silent: true })), [disable, ...rest], 'a Tandem is silent at once');
    t.same(await start(answered(1)), [disable, ...rest], 'one that refuses is told all the same');
  },
);

t.test('a server that stops while its partner falls silent sends nobody into maintenance', async (t) => {
  const { server, peer } = await normal();
  server.pass = () => server.service.stop();
  t.match(await server.command('ha-maintenance-start'), { result: 1, text: /stopping/ });
  t.same(peer.commands.slice(-2), ['dhcp-disable', 'dhcp-enable'], 'its service is not held any longer');
});

t.test('maintenance and synchronization do not share the hold on the service', async (t) => {
  const { server } = await normal();
  let started: Answer | undefined;
  server.pass = async () => {
    started ??= await server.command('ha-maintenance-start');
  };
  await server.command('ha-sync', { 'server-name': 'server2' });
  t.match(started, { result: 1, text: /synchronization is under way/ });
  t.equal(server.state, 'load-balancing');
});

t.test('[scenario 36] ha-maintenance-cancel by the answer of the partner', async (t) => {
  let answer = answered(0);
  const { server, peer, time } = await normal((command) =>
    command === 'ha-maintenance-notify' ? answer : answered(0),
  );
  t.equal((await server.command('ha-maintenance-cancel')).result, 1, 'there is none');
  await server.command('ha-maintenance-start');
  answer = answered(1, undefined, 'never heard of it');
  t.match(await server.command('ha-maintenance-cancel'), { result: 1, text: /never heard of it/ });
  t.equal(server.state, 'partner-in-maintenance');
  await time.advance(10_000);
  answer = answered(0, { state: 'ready' });
  t.equal((await server.command('ha-maintenance-cancel')).result, 0);
  t.equal(server.state, 'load-balancing');
  t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': 'ready' } } });
  t.same(peer.sent.at(-1)?.args, { 'server-name': 'server1', cancel: true, state: 'load-balancing' });
});

t.test('two maintenances that cross each other silence nobody', async (t) => {
  let crossing: number | undefined;
  const { server } = await normal(async (command) => {
    if (command === 'ha-maintenance-notify')
      crossing = (await server.command('ha-maintenance-notify', { cancel: false })).result;
    return answered(1001);
  });
  t.equal((await server.command('ha-maintenance-start')).result, 1);
  t.equal(crossing, 1001);
  t.equal(server.state, 'load-balancing');
});

t.test('a maintenance whose new state not every packet thread confirms is reported as failed', async (t) => {
  const { server } = await normal();
  server.takeOver = () => Promise.reject(new Error('shard 1 is silent'));
  t.equal((await server.command('ha-maintenance-notify', { cancel: false })).result, 1);
  t.ok(server.wasLogged('TDM_HA_POLICY_NOT_APPLIED'));
});

t.test('packet threads that confirmed late do not keep a partner from synchronizing for ever', async (t) => {
  const { server } = await normal();
  const { takeOver } = server;
  server.takeOver = () => Promise.reject(new Error('shard 1 is silent'));
  t.equal((await server.command('dhcp-disable', { origin: 2000 })).result, 1);
  t.equal((await server.command('dhcp-disable', { origin: 2000 })).result, 1, 'as long as they are silent');
  server.takeOver = takeOver;
  t.equal((await server.command('dhcp-disable', { origin: 2000 })).result, 0);
});

t.test('a heartbeat is answered when every packet thread works by what the answer says', async (t) => {
  const { server } = await normal();
  let confirm: () => void = () => {};
  server.takeOver = () => new Promise((resolve) => (confirm = resolve));
  const commanded = server.command('ha-scopes', { scopes: ['server1', 'server2'] });
  let answer: Answer | null = null;
  const asked = server.command('ha-heartbeat', { 'server-name': 'server2' }).then((given) => {
    answer = given;
  });
  await settle();
  t.equal(answer, null, 'a packet thread may still answer clients');
  confirm();
  await asked;
  t.match(answer, { result: 0, arguments: { scopes: ['server1', 'server2'] } });
  await commanded;
});

t.test('a heartbeat fails while a packet thread does not confirm what it would say', async (t) => {
  const { server } = await normal();
  const { takeOver } = server;
  server.takeOver = () => Promise.reject(new Error('shard 1 is silent'));
  await server.command('ha-scopes', { scopes: [] });
  const answer = await server.command('ha-heartbeat', { 'server-name': 'server2' });
  t.match(answer, { result: 1, text: 'shard 1 is silent' });
  t.equal(answer.arguments, undefined, 'it says nothing of a state');
  server.takeOver = takeOver;
  t.match(await server.command('ha-heartbeat'), { result: 0, arguments: { scopes: [] } });
});

t.test('a heartbeat that was waiting when the lease file failed is not answered well', async (t) => {
  const { server } = await normal();
  let confirm: () => void = () => {};
  server.takeOver = () => new Promise((resolve) => (confirm = resolve));
  const commanded = server.command('ha-scopes', { scopes: ['server1', 'server2'] });
  const asked = server.command('ha-heartbeat', { 'server-name': 'server2' });
  server.takeOver = () => Promise.resolve();
  server.service.storage(false);
  confirm();
  t.match(await asked, { result: 1, text: 'this server cannot store leases and answers nobody' });
  await commanded;
});

t.test('[scenario 66] the status before the first heartbeat', async (t) => {
  t.same(lone('load-balancing', 'server1').service.status(), {
    'ha-mode': 'load-balancing',
    'ha-servers': {
      local: {
        role: 'primary',
        scopes: [],
        'server-name': 'server1',
        state: 'waiting',
        'system-time': null,
      },
      remote: {
        role: 'secondary',
        'server-name': 'server2',
        'in-touch': false,
        age: 0,
        'last-state': '',
        'last-scopes': [],
        'communication-interrupted': false,
        'connecting-clients': 0,
        'unacked-clients': 0,
        'unacked-clients-left': 0,
        'analyzed-packets': 0,
        'system-time': null,
        'clock-skew': null,
      },
    },
  });
});

t.test('[scenario 66] backup and passive-backup show themselves alone', async (t) => {
  for (const server of [lone('load-balancing', 'server3'), lone('passive-backup', 'server1')])
    t.same(Object.keys((server.service.status() as Record<string, object>)['ha-servers']!), ['local']);
});

t.test('the status of a working pair, and of one whose partner is silent', async (t) => {
  const { server, time, peer } = await normal();
  await time.advance(3000);
  t.match(server.service.status(), {
    'ha-servers': {
      local: { state: 'load-balancing', scopes: ['server1'], 'system-time': /^2026-11-20 22:00:\d\d$/ },
      remote: {
        'in-touch': true,
        age: 3,
        'last-state': 'load-balancing',
        'last-scopes': ['server2'],
        'clock-skew': 0,
      },
    },
  });
  peer.respond = () => refused;
  await time.advance(70_000);
  server.service.observed([{ hwAddress: '02:01', clientId: '', waitedMs: 11_000 }]);
  t.match(server.service.status(), {
    'ha-servers': {
      remote: {
        'last-state': 'unavailable',
        'communication-interrupted': true,
        'connecting-clients': 1,
        'unacked-clients': 1,
        'unacked-clients-left': 10,
        'analyzed-packets': 1,
        'system-time': null,
        'clock-skew': null,
      },
    },
  });
});

t.test('whatever JSON an HA command gets, it answers 0, 1 or 1001 with a text', async (t) => {
  const { server } = await normal();
  const names = [...server.service.commands.keys()];
  const member = fc.constantFrom(
    'server-name',
    'scopes',
    'cancel',
    'state',
    'origin',
    'origin-id',
    'max-period',
    '__proto__',
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('server1', 'server2', true, false, 2000, 'ready', ['server1']),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.oneof(fc.jsonValue(), fc.dictionary(member, value)),
      async (name, args) => {
        const answer = await server.service.commands.get(name)!(args);
        return [0, 1, 1001].includes(answer.result) && typeof answer.text === 'string';
      },
    ),
    { seed: 2000, numRuns: 400 },
  );
  t.pass();
});
