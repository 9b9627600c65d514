/** The heartbeat on the wire, and the first looks at arguments. Conformance scenario 67. */
import fc from 'fast-check';
import t from 'tap';
import { heartbeatReplyArguments, parseRfc1123, readHeartbeat } from '../../../src/ha/wire/heartbeat.ts';
import { Machine } from '../support/machine.ts';
import { answered, refused } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';

const good = {
  state: 'load-balancing',
  'date-time': 'Thu, 07 Nov 2024 08:49:37 GMT',
  scopes: ['server1'],
  'unsent-update-count': 4,
};

t.test('a good reply is read, whatever else it carries', async (t) => {
  t.same(readHeartbeat(answered(0, { ...good, future: [] })), {
    ok: true,
    value: {
      state: 'load-balancing',
      timeSec: Date.UTC(2024, 10, 7, 8, 49, 37) / 1000,
      scopes: ['server1'],
      unsentUpdates: 4,
      isTandem: false,
      givesBack: false,
      stream: [],
    },
  });
  t.ok(readHeartbeat(answered(3, good)).ok, 'result 3 is fine too');
});

t.test(
  'versions of the lease stream are whole numbers, few of them; anything else is no offer',
  async (t) => {
    const offered = (stream: unknown) => {
      const reply = readHeartbeat(answered(0, { ...good, tandem: { version: '1', stream } }));
      return reply.ok ? reply.value.stream : null;
    };
    t.same(offered([1]), [1]);
    t.same(offered([1, 2, 7]), [1, 2, 7]);
    for (const odd of [undefined, null, 1, '1', {}, [1.5], ['1'], [[1]], Array.from({ length: 65 }, () => 1)])
      t.same(offered(odd), [], JSON.stringify(odd));
  },
);

t.test('scopes and the unsent count are optional; a bad list of scopes is ignored', async (t) => {
  const { scopes, 'unsent-update-count': unsent, ...least } = good;
  t.match(readHeartbeat(answered(0, least)), { ok: true, value: { scopes: null, unsentUpdates: null } });
  t.match(readHeartbeat(answered(0, { ...good, scopes: 'server1' })), { ok: true, value: { scopes: null } });
  t.match(readHeartbeat(answered(0, { ...good, scopes: [1] })), { ok: true, value: { scopes: null } });
  t.match(readHeartbeat(answered(0, { ...good, scopes: ['', 'a'] })), { ok: true, value: { scopes: ['a'] } });
  t.match(readHeartbeat(answered(0, { ...good, scopes: Array(1000).fill('a') })), {
    value: { scopes: null },
  });
});

t.test('[scenario 67] worthless replies are failures and say why', async (t) => {
  t.match(readHeartbeat(refused), { ok: false, error: 'connection refused' });
  t.match(readHeartbeat(answered(1, good, 'no such server')), {
    ok: false,
    error: 'result 1: no such server',
  });
  for (const args of [
    undefined,
    null,
    [],
    'text',
    { ...good, state: 'unheard-of' },
    { ...good, state: 7 },
    { 'date-time': good['date-time'] },
  ])
    t.notOk(readHeartbeat(answered(0, args)).ok);
  for (const time of [
    undefined,
    7,
    'Thu, 07 Nov 2024 08:49:37 CET',
    '2024-11-07T08:49:37Z',
    'Thu, 31 Feb 2024 08:49:37 GMT',
    'Thu, 07 Nov 2024 25:49:37 GMT',
  ])
    t.notOk(readHeartbeat(answered(0, { ...good, 'date-time': time })).ok, String(time));
  for (const count of ['4', 1.5, null, Number.NaN])
    t.notOk(readHeartbeat(answered(0, { ...good, 'unsent-update-count': count })).ok);
});

t.test('a state inherited from __proto__ is not a state', async (t) => {
  const args = JSON.parse(
    `{"__proto__": {"state": "ready"}, "date-time": "${good['date-time']}"}`,
  ) as unknown;
  t.notOk(readHeartbeat(answered(0, args)).ok);
});

t.test('a Tandem is recognised by its member', async (t) => {
  t.match(
    readHeartbeat(answered(0, { ...good, tandem: { version: '1', 'gives-back': true, stream: [1] } })),
    {
      value: { isTandem: true, givesBack: true },
    },
  );
  for (const tandem of [true, {}, { version: 1 }, null, 'yes', { 'gives-back': 'true' }])
    t.match(readHeartbeat(answered(0, { ...good, tandem })), {
      ok: true,
      value: { isTandem: false, givesBack: false },
    });
});

t.test('[scenario 67] our own reply is one that we would accept, to the second', async (t) => {
  const machine = Machine.in(relationship('load-balancing', 'server1'), 'partner-down').submit({
    kind: 'updates-unsent',
    transactions: 7,
  });
  const wallMs = Date.UTC(2026, 10, 20, 22, 48, 48, 999);
  const wire: unknown = JSON.parse(
    JSON.stringify(
      heartbeatReplyArguments(machine.state, wallMs, {
        version: '1',
        'gives-back': true,
        stream: [1],
      }),
    ),
  );
  t.match(wire, {
    'date-time': 'Fri, 20 Nov 2026 22:48:48 GMT',
    'unsent-update-count': 7,
    state: 'partner-down',
    scopes: [],
  });
  t.match(readHeartbeat(answered(0, wire)), {
    ok: true,
    value: { timeSec: Math.floor(wallMs / 1000), unsentUpdates: 7 },
  });
});

t.test('times: every second has a way there and back', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_102_444_800 }),
      (sec) => parseRfc1123(new Date(sec * 1000).toUTCString()) === sec,
    ),
    { seed: 1123, numRuns: 500 },
  );
  t.equal(parseRfc1123('Thu, 7 Nov 2024 08:49:37 GMT'), Date.UTC(2024, 10, 7, 8, 49, 37) / 1000);
});

t.test('whatever JSON a partner sends, reading it never throws', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (args, state) => {
      readHeartbeat(answered(0, args));
      readHeartbeat(answered(0, { ...good, state, scopes: args, tandem: state }));
    }),
    { seed: 67, numRuns: 500 },
  );
  t.pass();
});
