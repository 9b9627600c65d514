/** Reservations that are found by what an expression makes of the query. */
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import { discover, serverFor } from './queries.ts';

const RELAY = { 'ip-addresses': ['127.0.0.1'] };
/** The first four octets of the relay's circuit-id, behind a letter. */
const EXPRESSION = "concat('p', substring(relay4[1].hex, 0, 4))";

function configured(expression: string): Record<string, unknown> {
  return {
    'hooks-libraries': [
      { library: 'libdhcp_flex_id.so', parameters: { 'identifier-expression': expression } },
    ],
    'host-reservation-identifiers': ['hw-address', 'flex-id'],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
        relay: RELAY,
        reservations: [{ 'flex-id': "'peth1'", 'ip-address': '10.0.0.77' }],
      },
    ],
  };
}

function circuit(id: string): readonly [number, readonly number[]] {
  return [82, [1, id.length, ...Buffer.from(id)]];
}

t.test('a client is found by what the expression makes of its query', async (t) => {
  const server = serverFor(t, configured(EXPRESSION));
  t.equal(server.ask(discover(1, [circuit('eth1:7')]))?.yiaddr, '10.0.0.77');
  t.equal(server.ask(discover(2, [circuit('eth2:7')]))?.yiaddr, '10.0.0.10');
  t.equal(
    server.ask(discover(3))?.yiaddr,
    '10.0.0.11',
    'nothing of the client is left over for the next one',
  );
});

t.test('an expression that fails makes no identifier', async (t) => {
  const server = serverFor(t, configured("concat('peth1', addrtotext(relay4[1].hex))"));
  t.equal(server.ask(discover(1, [circuit('not an address')]))?.yiaddr, '10.0.0.10');
});

t.test('a faulty expression is an error at its place', async (t) => {
  const text = JSON.stringify({ Dhcp4: configured('substring(relay4[1].hex, 0') });
  const result = parseConfig(text, 'kea.conf');
  t.equal(result.ok, false);
  t.match(
    (result.ok ? [] : result.problems).map(({ path }) => path),
    ['Dhcp4/hooks-libraries[0]/parameters/identifier-expression'],
  );
});
