/** Options that no reply can hold are warned of, where they come together. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { CONFIGURED_BYTES_MAX, encodedLength } from '../../../src/dhcp4/reply-size.ts';
import { dhcp4 } from '../fixtures/marked-file.ts';

/** An option whose data takes so many octets on the wire. */
function option(code: number, bytes: number, more = ''): string {
  let data = bytes - 2 * Math.ceil(bytes / 257);
  while (encodedLength(data) < bytes) data += 1;
  return `{ "code": ${code}, "csv-format": false, "data": "${'5a'.repeat(data)}"${more} }`;
}

const scope = (...options: string[]): string => `"option-data": [ ${options.join(', ')} ]`;
const subnet = (...members: string[]): string =>
  `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", ${members.join(', ')} } ]`;
const pools = (...options: string[]): string =>
  `"pools": [ { "pool": "192.0.2.1 - 192.0.2.9" }, { "pool": "192.0.2.10 - 192.0.2.19", ${scope(...options)} } ]`;

const HALF = Math.floor(CONFIGURED_BYTES_MAX / 2);
const MOST = `expected at most ${CONFIGURED_BYTES_MAX} octets together: a reply with more may be longer than a UDP datagram, and is then not sent`;

const ROWS: readonly (readonly [what: string, members: string[], warnings: string[]])[] = [
  [
    'up to the limit',
    [scope(option(224, HALF)), subnet(scope(option(225, CONFIGURED_BYTES_MAX - HALF)))],
    [],
  ],
  [
    'one octet more, of two scopes',
    [scope(option(224, HALF)), subnet(scope(option(225, CONFIGURED_BYTES_MAX - HALF + 1)))],
    [`Dhcp4/subnet4[0]: found options of ${CONFIGURED_BYTES_MAX + 1} octets; ${MOST}`],
  ],
  ['no subnet', [scope(option(224, HALF), option(225, HALF), option(226, HALF))], []],
  ['one instead of the other', [scope(option(224, HALF + 9)), subnet(scope(option(224, HALF + 9)))], []],
  [
    'one that is never sent',
    [scope(option(224, HALF + 9, ', "never-send": true')), subnet(scope(option(225, HALF)))],
    [],
  ],
  [
    'of a pool over the subnet',
    [subnet(scope(option(224, HALF)), pools(option(225, HALF + 9)))],
    [`Dhcp4/subnet4[0]/pools[1]: found options of ${2 * HALF + 9} octets; ${MOST}`],
  ],
];

t.test('`check` warns of a subnet whose options no reply can hold', async (t) => {
  for (const [what, members, expected] of ROWS) {
    const result = parseConfig(dhcp4(...members), 'kea.conf');
    t.ok(result.ok, what);
    const warnings = result.ok ? result.warnings.map(formatProblem) : [];
    const long = warnings.filter((line) => line.includes('octets together'));
    t.same(
      long.map((line) => line.replace(/^kea\.conf:\d+:\d+: /, '')),
      expected,
      what,
    );
  }
});
