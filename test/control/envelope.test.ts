import t from 'tap';
import { type CommandHandler, failure, success } from '../../src/control/answer.ts';
import { type CommandContext, runCommand } from '../../src/control/envelope.ts';
import { recordingLog } from './harness.ts';

function setUp(handlers: Record<string, CommandHandler> = {}) {
  const { log, events } = recordingLog();
  const table = new Map(Object.entries(handlers));
  const run = (request: unknown, transport: CommandContext['transport'] = 'http') =>
    runCommand(table, request, { service: transport === 'unix' ? null : 'dhcp4', log, transport });
  return { run, events };
}

t.test('the handler gets exactly what stood under "arguments"', async (t) => {
  const seen: unknown[] = [];
  const { run } = setUp({
    probe: (args) => {
      seen.push(args);
      return success('ok');
    },
  });
  await run({ command: 'probe' });
  await run({ command: 'probe', arguments: { a: [1] } });
  await run({ command: 'probe', arguments: [] });
  t.same(seen, [undefined, { a: [1] }, []]);
});

t.test('an answer without text or arguments has only a result', async (t) => {
  const { run } = setUp({ probe: () => ({ result: 3 }) });
  t.equal(JSON.stringify(await run({ command: 'probe' })), '{"result":3}');
});

t.test('requests that are no command are refused with the words of Kea', async (t) => {
  const { run } = setUp({ probe: () => success('ok') });
  const prefix = 'Error during command processing: ';
  const rows: [name: string, request: unknown, result: number, text: string][] = [
    ['a list', [], 1, `${prefix}Invalid command Element specified, expected map`],
    ['null', null, 1, `${prefix}Invalid command Element specified, expected map`],
    ['a string', 'probe', 1, `${prefix}Invalid command Element specified, expected map`],
    ['an empty map', {}, 1, `${prefix}Invalid answer specified, does not contain mandatory 'command'`],
    ['a number as name', { command: 3 }, 1, `${prefix}'command' element in command message is not a string`],
    [
      'an unknown key',
      { command: 'probe', x: 1 },
      1,
      `${prefix}Received command contains unsupported parameter 'x'`,
    ],
    ['what kea-ctrl-agent adds', { command: 'probe', 'remote-address': '::1' }, 0, 'ok'],
    ['what it never writes', { command: 'probe', 'remote-address': { x: 1 } }, 0, 'ok'],
    ['an unknown command', { command: 'nope' }, 2, "'nope' command not supported."],
    ['an inherited name', { command: 'constructor' }, 2, "'constructor' command not supported."],
  ];
  for (const [name, request, result, text] of rows) t.same(await run(request), { result, text }, name);
});

t.test('"__proto__" in a request is an unsupported parameter and changes nothing', async (t) => {
  const { run } = setUp({ probe: () => success('ok') });
  const answer = await run(JSON.parse('{"__proto__": {"command": "probe"}, "command": "probe"}'));
  t.match(answer, { result: 1, text: /unsupported parameter '__proto__'/ });
});

t.test('over HTTP "service" is absent, empty or names this server alone', async (t) => {
  const { run } = setUp({ probe: () => success('ok') });
  const result = async (service: unknown) => (await run({ command: 'probe', service })).result;
  t.equal((await run({ command: 'probe' })).result, 0);
  t.equal(await result([]), 0);
  t.equal(await result(['dhcp4']), 0);
  t.equal(await result(['dhcp6']), 1);
  t.equal(await result(['dhcp4', 'dhcp4']), 1);
  t.equal(await result(['dhcp4', 'dhcp6']), 1);
  t.equal(await result('dhcp4'), 1);
  t.equal(await result(null), 1);
  t.equal(await result([['dhcp4']]), 1);
});

t.test('where no name is given, as on the unix socket, "service" is ignored', async (t) => {
  const { run } = setUp({ probe: () => success('ok') });
  t.equal((await run({ command: 'probe', service: ['dhcp6'] }, 'unix')).result, 0);
  t.equal((await run({ command: 'probe', service: 3 }, 'unix')).result, 0);
});

t.test('a handler that throws is an answer with result 1 and a log line', async (t) => {
  const broken = new Error('the cause');
  const { run, events } = setUp({
    sync: () => {
      throw broken;
    },
    async: () => Promise.reject(broken),
    odd: () => Promise.reject('no error object'),
  });
  for (const command of ['sync', 'async']) {
    t.same(await run({ command }), failure('Error during command processing: the cause'), command);
  }
  t.equal((await run({ command: 'odd' })).result, 1);
  const failures = events.filter(({ id }) => id === 'TDM_CONTROL_COMMAND_FAILED');
  t.equal(failures.length, 3);
  t.match(failures[0], { fields: { command: 'sync', transport: 'http', err: broken } });
});

t.test('the sender cannot make answers or log lines long', async (t) => {
  const { run, events } = setUp();
  const long = 'x'.repeat(1_000_000);
  for (const request of [{ command: long }, { command: 'a', [long]: 1 }, { command: 'a', service: [long] }]) {
    t.ok(JSON.stringify(await run(request)).length < 300);
  }
  t.ok(JSON.stringify(events).length < 300);
});
