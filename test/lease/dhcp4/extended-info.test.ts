/** What leases say of their relays, judged as Kea 3.0 judges it at load. */
import t from 'tap';
import type { ExtendedInfoChecks } from '../../../src/config/model.ts';
import { checkExtendedInfo } from '../../../src/lease/dhcp4/extended-info.ts';

const info = (value: string): string => `{ "ISC": { "relay-agent-info": ${value} } }`;
const SAME = 'same';

/** The context, and what Kea 3.0 makes of it in each mode; '' = nothing is left. */
const ROWS: readonly (readonly [before: string, fix: string, strict: string, pedantic: string])[] = [
  [info('"0x010161020162"'), ...three(info('{ "remote-id": "62", "sub-options": "0x010161020162" }'))],
  [
    '{ "ISC": { "limits": { "a": 1 }, "relay-agent-info": "0x0101610201620c02abcd" }, "comment": "x" }',
    ...three(
      '{ "ISC": { "limits": { "a": 1 }, "relay-agent-info": { "relay-id": "ABCD", "remote-id": "62", "sub-options": "0x0101610201620c02abcd" } }, "comment": "x" }',
    ),
  ],
  ['{  }', ...three('')],
  ['{ "ISC": {  } }', ...three('')],
  ['{ "ISC": {  }, "comment": "x" }', ...three('{ "comment": "x" }')],
  ['{ "ISC": 5 }', ...three('')],
  [info('5'), ...three('')],
  [info('{  }'), SAME, SAME, SAME],
  [info('{ "sub-options": 5 }'), SAME, '', ''],
  [info('{ "sub-options": "0xzz" }'), SAME, '', ''],
  [info('{ "remote-id": 5, "sub-options": "0x010161" }'), SAME, '', ''],
  [info('{ "remote-id": "", "sub-options": "0x010161" }'), SAME, '', ''],
  [
    '{ "ISC": { "other": 1, "relay-agent-info": { "relay-id": "zz" } } }',
    SAME,
    '{ "ISC": { "other": 1 } }',
    '{ "ISC": { "other": 1 } }',
  ],
  [info('{ "comment": "a", "foo": "bar", "sub-options": "0x010161" }'), SAME, SAME, ''],
  [info('""'), ...three(info('{ "sub-options": "" }'))],
  [info('"zz"'), ...three('')],
  [info('"0x0205aa"'), ...three(info('{ "sub-options": "0x0205aa" }'))],
  [info('"02:01:aa"'), ...three(info('{ "remote-id": "AA", "sub-options": "02:01:aa" }'))],
  [info('"0x0201aa0201bb"'), ...three(info('{ "remote-id": "AABB", "sub-options": "0x0201aa0201bb" }'))],
  ['{ "comment": "no relay" }', SAME, SAME, SAME],
  ['{ "__proto__": { "ISC": 1 } }', SAME, SAME, SAME],
  ['', SAME, SAME, SAME],
];

function three(text: string): [string, string, string] {
  return [text, text, text];
}

t.test('each mode makes of a user context what Kea makes of it', async (t) => {
  for (const [before, ...after] of ROWS) {
    t.equal(checkExtendedInfo(before, 'none').text, before, 'none: nothing');
    for (const [index, checks] of (['fix', 'strict', 'pedantic'] as ExtendedInfoChecks[]).entries()) {
      const wanted = after[index] === SAME ? before : after[index];
      t.equal(checkExtendedInfo(before, checks).text, wanted, `${checks}: ${before}`);
    }
  }
});

t.test('what was taken out has a reason', async (t) => {
  const reason = (value: string): string | null => checkExtendedInfo(info(value), 'pedantic').fault;
  t.equal(reason('5'), 'relay-agent-info is neither a map nor a string');
  t.equal(reason('"zz"'), 'relay-agent-info is not hexadecimal');
  t.equal(reason('{ "sub-options": 1 }'), 'sub-options is not hexadecimal');
  t.equal(reason('{ "relay-id": "0" }'), 'relay-id is not hexadecimal');
  t.equal(reason('{ "foo": 1 }'), '"foo" does not belong to relay-agent-info');
  t.equal(reason('"0x0101"'), null, 'what is brought into the new form was not wrong');
});
