/** What DHCPv6 leases say of their relays, judged as Kea 3.0 judges it at load. */
import fc from 'fast-check';
import t from 'tap';
import type { ExtendedInfoChecks } from '../../../src/config/model.ts';
import { checkExtendedInfo6 } from '../../../src/lease/dhcp6/extended-info.ts';

const isc = (members: string): string => `{ "ISC": { ${members} } }`;
const info = (...relays: string[]): string => isc(`"relay-info": [ ${relays.join(', ')} ]`);
const older = (...relays: string[]): string => isc(`"relays": [ ${relays.join(', ')} ]`);
const relay = (more: string): string => `{ "hop": 0, "link": "::", "peer": "::"${more} }`;
const SAME = 'same';

/** The context, and what Kea 3.0 makes of it in each mode; '' = nothing is left. */
const ROWS: readonly (readonly [before: string, fix: string, strict: string, pedantic: string])[] = [
  [
    older(
      '{ "hop": 0, "link": "2001:db8::1", "options": "0x0025000500000009CD003500030003AB", "peer": "fe80::1" }',
    ),
    ...three(
      info(
        '{ "hop": 0, "link": "2001:db8::1", "options": "0x0025000500000009CD003500030003AB", "peer": "fe80::1", "relay-id": "0003AB", "remote-id": "00000009CD" }',
      ),
    ),
  ],
  [
    '{ "ISC": { "limits": { "a": 1 }, "relays": [ { "hop": 1, "link": "::", "peer": "fe80::1" } ] }, "comment": "x" }',
    ...three(
      '{ "ISC": { "limits": { "a": 1 }, "relay-info": [ { "hop": 1, "link": "::", "peer": "fe80::1" } ] }, "comment": "x" }',
    ),
  ],
  [
    older('{ "hop": 0, "link": "::", "options": "00350000003500020102", "peer": "::" }'),
    ...three(info('{ "hop": 0, "link": "::", "options": "00350000003500020102", "peer": "::" }')),
  ],
  [
    older('{ "hop": 0, "link": "::", "options": "0x0025000500000009CD00350005AB", "peer": "::" }'),
    ...three(
      info(
        '{ "hop": 0, "link": "::", "options": "0x0025000500000009CD00350005AB", "peer": "::", "remote-id": "00000009CD" }',
      ),
    ),
  ],
  ['{  }', ...three('')],
  [isc(''), ...three('')],
  ['{ "ISC": {  }, "comment": "x" }', ...three('{ "comment": "x" }')],
  ['{ "ISC": 5 }', ...three('')],
  [isc('"relays": 5'), ...three('')],
  [isc('"relays": [  ]'), ...three('')],
  [older('5'), ...three('')],
  [older('{ "hop": 0, "link": "x", "options": "0xzz", "peer": "::" }'), ...three('')],
  [older('{ "options": 5 }'), ...three('')],
  [older(relay(', "relay-id": 7')), ...three(info(relay(', "relay-id": 7')))],
  [older('{ "hop": 0, "peer": "::" }'), info('{ "hop": 0, "peer": "::" }'), '', ''],
  [
    older('{ "hop": "0", "link": "::", "peer": "::" }'),
    ...two(info('{ "hop": "0", "link": "::", "peer": "::" }')),
    '',
  ],
  [
    isc('"relay-info": [ { "hop": 5, "link": "::", "peer": "::" } ], "relays": [ 5 ]'),
    ...three(info('{ "hop": 5, "link": "::", "peer": "::" }')),
  ],
  [isc('"relay-info": [  ], "relays": [  ]'), ...three('')],
  [isc('"relay-info": 5'), ...three('')],
  [isc(`"relay-info": ${relay('')}`), ...three('')],
  [info('5'), ...three('')],
  [info('{  }'), SAME, '', ''],
  [info(relay('')), ...three(SAME)],
  [info('{ "hop": "0", "link": "::", "peer": "::" }'), ...two(SAME), ''],
  [info('{ "hop": 300, "link": "::", "peer": "::" }'), ...three(SAME)],
  [info('{ "link": "::", "peer": "::" }'), ...two(SAME), ''],
  [info('{ "hop": 0, "peer": "::" }'), SAME, '', ''],
  [info('{ "hop": 0, "link": "10.0.0.1", "peer": "::" }'), SAME, '', ''],
  [info('{ "hop": 0, "link": "::", "peer": "10.0.0.1" }'), ...two(SAME), ''],
  [info('{ "hop": 0, "link": "::" }'), ...two(SAME), ''],
  [info(relay(', "options": "0xzz"')), ...three('')],
  [info(relay(', "options": 5')), ...three('')],
  [info(relay(', "options": ""')), ...three(SAME)],
  [info(relay(', "options": "01:02"')), ...three(SAME)],
  [info(relay(', "options": "0x123"')), ...three(SAME)],
  ...['"zz"', '""', '5', '"0x12"', '"123"', '"12:34"'].map(
    (id) => [info(relay(`, "relay-id": ${id}`)), SAME, '', ''] as const,
  ),
  [info(relay(', "remote-id": 5')), SAME, '', ''],
  [info(relay(', "foo": 5')), ...two(SAME), ''],
  [info(relay(', "comment": "c"')), ...three(SAME)],
  [info(relay(', "user-context": {  }')), ...two(SAME), ''],
  [
    '{ "ISC": { "other": 1, "relay-info": [ 5 ] }, "comment": "x" }',
    ...three('{ "ISC": { "other": 1 }, "comment": "x" }'),
  ],
  ['{ "comment": "no relay" }', ...three(SAME)],
  ['{ "__proto__": { "ISC": 1 } }', ...three(SAME)],
  ['', ...three(SAME)],
];

function three(text: string): [string, string, string] {
  return [text, text, text];
}

function two(text: string): [string, string] {
  return [text, text];
}

t.test('each mode makes of a user context what Kea makes of it', async (t) => {
  for (const [before, ...after] of ROWS) {
    t.equal(checkExtendedInfo6(before, 'none').text, before, 'none: nothing');
    for (const [index, checks] of (['fix', 'strict', 'pedantic'] as ExtendedInfoChecks[]).entries()) {
      const wanted = after[index] === SAME ? before : after[index];
      t.equal(checkExtendedInfo6(before, checks).text, wanted, `${checks}: ${before}`);
    }
  }
});

t.test('what was taken out has a reason', async (t) => {
  const reason = (text: string): string | null => checkExtendedInfo6(text, 'pedantic').fault;
  t.equal(reason(isc('"relays": 5')), 'relay-info is no list');
  t.equal(reason(info()), 'relay-info is empty');
  t.equal(reason(info('5')), 'a relay is no map');
  t.equal(reason(info(relay(', "options": 1'))), 'options is not hexadecimal');
  t.equal(reason(info('{  }')), 'link is no IPv6 address');
  t.equal(reason(info(relay(', "relay-id": "0"'))), 'relay-id is not hexadecimal');
  t.equal(reason(info(relay(', "foo": 1'))), '"foo" does not belong to a relay');
  t.equal(reason(older(relay(''))), null, 'what is brought into the new form was not wrong');
});

t.test('any context is judged, never thrown, and what is judged well stays', async () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('relays', 'relay-info', 'a'), fc.jsonValue()),
      fc.constantFrom<ExtendedInfoChecks>('fix', 'strict', 'pedantic'),
      (members, checks) => {
        const { text } = checkExtendedInfo6(JSON.stringify({ ISC: members }), checks);
        return text === '' || checkExtendedInfo6(text, checks).text === text;
      },
    ),
    { numRuns: 500 },
  );
});
