/** Two relationships on one server: whose command it is, and what they share. */
import t from 'tap';
import type { Answer } from '../../../src/control/answer.ts';
import { createRelationshipCommands } from '../../../src/ha/commands/relationship-commands.ts';
import { createServiceSwitch } from '../../../src/ha/switch/switch.ts';
import { answered, refused, ScriptedPeer } from '../support/peers.ts';
import { peer, relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

/** The hub of the pairs (branch-a, hub-a) and (branch-b, hub-b). */
function startHub() {
  const time = new VirtualTime();
  const serviceSwitch = createServiceSwitch({ timers: time, log: () => {} });
  const branches = ['a', 'b'].map((name) => new ScriptedPeer(`branch-${name}`, 'primary', () => refused));
  const servers = branches.map((branch, index) => {
    const own = `hub-${'ab'[index]}`;
    const peers = [peer(branch.name, 'primary'), peer(own, 'standby')];
    const config = relationship('hot-standby', own, { peers });
    return new Server(config, time, [branch], undefined, { index, serviceSwitch }).start();
  });
  const services = servers.map(({ service }) => service);
  const [table, listener] = services.map((unnamed) =>
    createRelationshipCommands(services, serviceSwitch, unnamed),
  );
  const command = async (name: string, args?: unknown): Promise<Answer> => {
    const answer = await table!.get(name)!(args);
    await settle();
    return answer;
  };
  return { time, serviceSwitch, servers, branches, command, listener: listener! };
}

t.test(
  '[scenario 68] the server name picks the relationship, without it the first one is meant',
  async (t) => {
    const { time, servers, branches, command, listener } = startHub();
    branches[1]!.respond = () =>
      answered(0, { state: 'waiting', 'date-time': new Date(time.wallMs()).toUTCString() });
    await time.advance(10_000);
    t.same(
      servers.map(({ state }) => state),
      ['waiting', 'waiting'],
    );
    await time.advance(61_000);
    t.equal(servers[0]!.state, 'partner-down', 'the branch that is dead is taken over');
    const stateIn = async (args?: object): Promise<unknown> =>
      ((await command('ha-heartbeat', args)).arguments as Record<string, unknown>)['state'];
    t.equal(await stateIn(), 'partner-down');
    t.equal(await stateIn({ 'server-name': 'branch-a' }), 'partner-down');
    t.equal(await stateIn({ 'server-name': 'branch-b' }), servers[1]!.state);
    t.equal(await stateIn({ 'server-name': 'hub-b' }), servers[1]!.state);
    t.not(servers[1]!.state, 'partner-down');
    t.match(
      await listener.get('ha-heartbeat')!(undefined),
      { arguments: { state: servers[1]!.state } },
      'on a relationship’s own listener that one is meant',
    );
    for (const name of ['ha-heartbeat', 'ha-reset', 'ha-continue', 'ha-scopes', 'ha-sync-complete-notify'])
      t.match(
        await command(name, { 'server-name': 'branch-c', scopes: [] }),
        { result: 1, text: /branch-c/ },
        name,
      );
  },
);

t.test('[scenario 66] every relationship has its status', async (t) => {
  const { servers } = startHub();
  t.match(
    servers.map(({ service }) => service.status()),
    ['a', 'b'].map((name) => ({
      'ha-servers': { local: { 'server-name': `hub-${name}` }, remote: { 'server-name': `branch-${name}` } },
    })),
  );
});

t.test('each relationship holds the one service off under a number of its own', async (t) => {
  const { servers, serviceSwitch, command } = startHub();
  t.same(serviceSwitch.origins(), [1000, 1001]);
  await command('ha-reset', { 'server-name': 'hub-b' });
  t.same(serviceSwitch.origins(), [1000, 1001]);
  for (const server of servers) server.service.stop();
  t.same(serviceSwitch.origins(), []);
});

t.test('a synchronization holds its source off under the number of the relationship', async (t) => {
  const { branches, command } = startHub();
  branches[1]!.respond = (name) =>
    answered(0, name === 'lease4-get-page' ? { leases: [], count: 0 } : undefined);
  t.equal((await command('ha-sync', { 'server-name': 'branch-b' })).result, 0);
  t.match(branches[1]!.sent, [
    { command: 'dhcp-disable', args: { 'origin-id': 2001, origin: 'ha-partner' } },
    { command: 'lease4-get-page' },
    { command: 'ha-sync-complete-notify', args: { 'server-name': 'hub-b', 'origin-id': 2001, origin: 2001 } },
  ]);
  t.same(branches[0]!.sent, []);
});

t.test('maintenance starts for every relationship in order, up to the first that refuses', async (t) => {
  const { time, servers, branches, command } = startHub();
  const states = (): string[] => servers.map(({ state }) => state);
  const notified = (): string[] =>
    branches.filter(({ commands }) => commands.includes('ha-maintenance-notify')).map(({ name }) => name);
  const tandem = { 'gives-back': true };
  /** The branches are alive and answer ha-maintenance-notify like this. */
  const answering = (result: number, text: string): void => {
    for (const branch of branches) {
      branch.sent.length = 0;
      branch.respond = (name) =>
        name === 'ha-heartbeat'
          ? answered(0, { state: 'ready', 'date-time': new Date(time.wallMs()).toUTCString(), tandem })
          : answered(result, { state: 'in-maintenance' }, text);
    }
  };
  await time.advance(71_000);
  answering(1001, 'not now');
  await time.advance(10_000);
  t.same(states(), ['hot-standby', 'hot-standby']);
  t.match(await command('ha-maintenance-start'), { result: 1, text: /not now/ });
  t.same(notified(), ['branch-a']);
  answering(0, '');
  t.equal((await command('ha-maintenance-start')).result, 0);
  t.same(states(), ['partner-in-maintenance', 'partner-in-maintenance']);
  branches[0]!.respond = () => answered(1, undefined, 'lost');
  t.equal((await command('ha-maintenance-cancel')).result, 0, 'the answer is the last one’s');
  t.same(notified(), ['branch-a', 'branch-b'], 'a failure does not keep the others from being asked');
  t.equal(states()[1], 'hot-standby');
});

t.test('dhcp-disable and dhcp-enable concern the server as a whole', async (t) => {
  const { time, servers, serviceSwitch, command } = startHub();
  await time.advance(71_000);
  t.ok(servers.every(({ policy }) => policy.serviceEnabled));
  t.equal((await command('dhcp-disable')).result, 0);
  t.ok(servers.every(({ policy }) => !policy.serviceEnabled));
  t.equal((await command('dhcp-enable')).result, 0);
  t.ok(serviceSwitch.enabled);
  t.ok(servers.every(({ policy }) => policy.serviceEnabled));
});

t.test('the end of one branch’s synchronization leaves the hold of another branch’s alone', async (t) => {
  const { servers, serviceSwitch, command, listener, time } = startHub();
  await time.advance(71_000);
  t.same(
    servers.map(({ state }) => state),
    ['partner-down', 'partner-down'],
  );
  const other = async (name: string, args?: unknown): Promise<Answer> => {
    const answer = await listener.get(name)!(args);
    await settle();
    return answer;
  };
  const hold = { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 60 };
  for (const disable of [command, other]) t.match(await disable('dhcp-disable', hold), { result: 0 });
  t.same(serviceSwitch.origins(), [2000, 2060]);
  await other('dhcp-enable', { 'origin-id': 2000, origin: 'ha-partner' });
  t.same(serviceSwitch.origins(), [2000], 'a synchronization that fails');
  await other('dhcp-disable', { origin: 'ha-partner' });
  await other('ha-sync-complete-notify', { 'server-name': 'hub-b', 'origin-id': 2000, origin: 2000 });
  t.same(serviceSwitch.origins(), [1001, 2000], 'one that succeeds');
  await other('dhcp-disable', { origin: 'ha-partner' });
  await other('ha-sync-complete-notify');
  t.same(serviceSwitch.origins(), [1001, 2000], 'one of a Kea that sends no number');
  await command('ha-sync-complete-notify', { 'server-name': 'hub-a', 'origin-id': 2000, origin: 2000 });
  t.same(serviceSwitch.origins(), [1000, 1001]);
  t.match(await other('dhcp-disable', { 'origin-id': 'x' }), { result: 1 });
  t.match(await other('dhcp-disable', []), { result: 1 });
  t.match(await other('dhcp-disable'), { result: 0 });
  t.same(serviceSwitch.origins(), [1, 1000, 1001], 'a user is one and the same everywhere');
});
