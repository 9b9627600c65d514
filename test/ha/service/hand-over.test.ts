/** The hand-over from partner-down to the normal state, with everything around the machine. */
import t from 'tap';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { answered, refused, ScriptedPeer } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

/** A server in partner-down whose partner follows by its stream, has said so, and will be ready with the next heartbeat. */
async function followed() {
  const time = new VirtualTime();
  let state = '';
  const partner = new ScriptedPeer('server2', 'secondary', (command) => {
    if (command !== 'ha-heartbeat') return answered(0);
    if (state === '') return refused;
    const tandem = { version: '0.0.0-test', 'gives-back': true };
    return answered(0, { state, 'date-time': new Date(time.wallMs()).toUTCString(), tandem });
  });
  const server = new Server(relationship('load-balancing', 'server1'), time, [partner]).start();
  await time.advance(80_000);
  if (server.state !== 'partner-down') throw new Error(`the server is ${server.state}`);
  state = 'ready';
  server.dispatcher.isFollowed = true;
  await server.command('ha-sync-complete-notify', {
    'server-name': 'server2',
    tandem: { 'by-stream': true },
  });
  const resets = () => partner.commands.filter((command) => command === 'ha-reset').length;
  return { time, server, resets };
}

/** Makes packet threads confirm a policy when the test says so. @returns confirms what is open, or refuses it */
function holdPolicies(server: Server): (error?: Error) => Promise<void> {
  const open: ((error?: Error) => void)[] = [];
  server.takeOver = () =>
    new Promise((resolve, reject) => open.push((error) => (error === undefined ? resolve() : reject(error))));
  return async (error) => {
    for (const decide of open.splice(0)) decide(error);
    await settle();
  };
}

/** Has the dispatcher settle when the test says so. */
function holdSettlement(server: Server) {
  const asked: ((isSettled: boolean) => void)[] = [];
  server.dispatcher.settled = () => new Promise((resolve) => asked.push(resolve));
  return asked;
}

t.test(
  'the state changes when packet threads wait for the partner again and it has all of before',
  async (t) => {
    const { time, server, resets } = await followed();
    const confirm = holdPolicies(server);
    const settlements = holdSettlement(server);
    await time.advance(10_000);
    t.equal(server.state, 'partner-down');
    t.equal(server.dispatcher.mode, 'send');
    t.equal(server.policy.updateMode, UpdateMode.await);
    t.match(server.service.why()['waits-for'], [/the last leases that were given alone are on their way/]);
    t.equal(settlements.length, 0, 'a packet thread may still give leases without waiting');
    await confirm();
    t.equal(settlements.length, 1);
    t.equal(server.state, 'partner-down');
    settlements[0]!(true);
    await settle();
    t.equal(server.state, 'load-balancing');
    t.equal(server.dispatcher.modes.at(-1), 'send');
    t.equal(server.policy.updateMode, UpdateMode.await);
    t.equal(resets(), 0);
  },
);

t.test('the partner, and the packet threads, see no mode in between', async (t) => {
  const { time, server } = await followed();
  const modes = server.dispatcher.modes.length;
  await time.advance(10_000);
  t.equal(server.state, 'load-balancing');
  t.same(server.dispatcher.modes.slice(modes), ['send']);
});

t.test(
  'a partner that has not got all of before is reset, and clients are answered without it',
  async (t) => {
    const { time, server, resets } = await followed();
    server.dispatcher.settles = false;
    await time.advance(10_000);
    t.equal(server.state, 'partner-down');
    t.equal(server.dispatcher.mode, 'withhold');
    t.equal(server.policy.updateMode, UpdateMode.record);
    t.ok(server.policy.serviceEnabled);
    t.equal(resets(), 1);
  },
);

t.test('packet threads that do not confirm that they wait leave nothing settled', async (t) => {
  const { time, server, resets } = await followed();
  const confirm = holdPolicies(server);
  const settlements = holdSettlement(server);
  await time.advance(10_000);
  await confirm(new Error('shard 1 is silent'));
  t.equal(settlements.length, 0);
  t.equal(server.state, 'partner-down');
  t.equal(server.dispatcher.mode, 'withhold');
  t.equal(resets(), 1);
});

t.test('a hand-over that is no longer awaited changes nothing', async (t) => {
  const { time, server, resets } = await followed();
  const settlements = holdSettlement(server);
  await time.advance(10_000);
  t.equal(settlements.length, 1);
  server.service.partnerFailed('refused');
  server.service.completed();
  t.equal(server.dispatcher.mode, 'withhold');
  settlements[0]!(true);
  await settle();
  t.equal(server.state, 'partner-down');
  await time.advance(10_000);
  t.equal(settlements.length, 2, 'it is ready, and handed over to once more');
  settlements[1]!(true);
  await settle();
  t.equal(server.state, 'load-balancing');
  t.equal(resets(), 0);
});
