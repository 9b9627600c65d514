/** `tandem why` against a real control server, and against answers that no server should give. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runWhy } from '../../src/cli/why.ts';
import { type CommandHandler, failure, success } from '../../src/control/answer.ts';
import { OPEN_SOCKET, openSockets, recordingLog, temporaryFolder } from '../control/harness.ts';
import { relationship } from '../ha/support/relationship.ts';
import { Server } from '../ha/support/server.ts';
import { VirtualTime } from '../ha/support/virtual-time.ts';

async function serve(t: Test, handler: CommandHandler | undefined) {
  const socket = join(temporaryFolder(t), 's');
  const server = await openSockets(
    [
      { kind: 'unix', path: socket },
      { kind: 'http', address: '127.0.0.1', port: 0, ...OPEN_SOCKET },
    ],
    {
      service: 'dhcp4',
      log: recordingLog().log,
      table: new Map(handler === undefined ? [] : [['ha-why', handler]]),
      pages: new Map(),
    },
  );
  t.teardown(() => server.close(0));
  return { socket, url: `http://127.0.0.1:${server.httpPorts[0]}/` };
}

t.test('a server explains itself, over both transports', async (t) => {
  const time = new VirtualTime();
  const ha = new Server(relationship('load-balancing', 'server1'), time, []).start();
  const target = await serve(t, ha.service.commands.get('ha-why'));
  const text = [
    'waiting for 0 s: the server was started',
    '',
    'It sees:',
    '  - the DHCP service is off, held by the state machine (origin 1000); on, it would serve no scope',
    '  - nothing is known of the partner server2 yet; a heartbeat every 10 s',
    "  - the partner's clock is not known",
    '  - lease updates are withheld from the partner; 0 transactions unsent since the start',
    '  - the partner rejected updates of 0 clients; 10 end the pair',
    '  - each lease given here goes to the backup server3, and no client waits for that',
    'It waits for:',
    '  - syncing: the first heartbeat to server2 must be answered',
  ].join('\n');
  t.same(await runWhy({ socket: target.socket }), { exitCode: 0, output: text });
  t.same(await runWhy({ url: target.url }), { exitCode: 0, output: text });
});

const reasons = { state: 'ready', 'since-seconds': 0, because: 'x', facts: ['y'], 'waits-for': ['z'] };

t.test('the time in the state is told in its two largest units', async (t) => {
  let sec = 0;
  const { socket } = await serve(t, () => success('', { ...reasons, 'since-seconds': sec }));
  for (const [value, text] of [
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_725, '1 h 2 min'],
    [90_061, '1 d 1 h'],
    [86_405, '1 d 5 s'],
    [-5, '0 s'],
  ] as const) {
    sec = value;
    t.match((await runWhy({ socket })).output, `ready for ${text}: x\n`);
  }
});

t.test('a name picks the relationship', async (t) => {
  const seen: unknown[] = [];
  const { socket } = await serve(t, (args) => {
    seen.push(args);
    return success('', reasons);
  });
  await runWhy({ socket });
  await runWhy({ socket, serverName: 'branch2' });
  t.same(seen, [undefined, { 'server-name': 'branch2' }]);
});

t.test('a refusal is shown in the words of the server, with exit code 1', async (t) => {
  const refusing = await serve(t, () => failure("'x' is no server of this relationship"));
  t.same(await runWhy({ url: refusing.url, serverName: 'x' }), {
    exitCode: 1,
    output: "'x' is no server of this relationship",
  });
  const without = await serve(t, undefined);
  t.same(await runWhy({ socket: without.socket }), {
    exitCode: 1,
    output: "'ha-why' command not supported.",
  });
  const mute = await serve(t, () => ({ result: 1 }));
  t.same(await runWhy({ socket: mute.socket }), { exitCode: 1, output: 'the server refuses ha-why' });
});

t.test('no server, a wrong call and a wrong answer are exit code 2', async (t) => {
  t.match(await runWhy({ socket: join(temporaryFolder(t), 'nobody') }), { exitCode: 2, output: /ENOENT/ });
  t.match(await runWhy({}), { exitCode: 2, output: /either a URL or a unix socket/ });
  let args: unknown;
  const { socket } = await serve(t, () => success('', args));
  for (args of [
    undefined,
    null,
    [],
    'text',
    { ...reasons, state: 1 },
    { ...reasons, because: null },
    { ...reasons, 'since-seconds': '5' },
    { ...reasons, facts: [1] },
    { ...reasons, 'waits-for': 'z' },
  ])
    t.same(await runWhy({ socket }), { exitCode: 2, output: 'this is no answer to ha-why' });
});

t.test('text from the server cannot steer the terminal', async (t) => {
  const { socket } = await serve(t, () => success('', { ...reasons, facts: ['\u001b[2Jgone\r\n\u009b'] }));
  t.match((await runWhy({ socket })).output, '  - ?[2Jgone???\n');
});
