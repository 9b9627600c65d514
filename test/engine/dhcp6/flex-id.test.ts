/** Reservations and leases of DHCPv6 clients by what an expression makes of their queries. */
import t from 'tap';
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { parseConfig6 } from '../../../src/config/load6.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { duid, iaNa, iaPd, message, opt, partsOf, type Reply6, relayed } from './messages.ts';

const { solicit, request, renew, release, informationRequest } = MessageType;
const PORT = 'relay6[0].option[18].hex';
const parts = (answer: Reply6 | null) => answer && partsOf(answer);

function text(parameters: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const Dhcp6 = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: false },
    'hooks-libraries': [{ library: 'libdhcp_flex_id.so', parameters }],
    'host-reservation-identifiers': ['duid', 'flex-id'],
    subnet6: [
      {
        id: 1,
        subnet: '2001:db8:1::/64',
        pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::1f' }],
        'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56 }],
        reservations: [
          { 'flex-id': "'kept'", 'ip-addresses': ['2001:db8:1::77'], prefixes: ['2001:db8:7000::/56'] },
        ],
      },
    ],
    ...more,
  };
  return JSON.stringify({ Dhcp6 });
}

function configured(parameters: Record<string, unknown>, more: Record<string, unknown> = {}): ServerConfig6 {
  const result = parseConfig6(text(parameters, more), 'kea.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** A message of a client behind a port of a relay; '' = the relay does not say which. */
function from(port: string, query: Uint8Array): Uint8Array {
  const id = port === '' ? [] : [opt(18, Buffer.from(port))];
  return relayed(query, '2001:db8:1::1', 'fe80::1', ...id);
}

t.test('a client is found by what the expression makes of its query', async (t) => {
  const engine = new BenchEngine6(configured({ 'identifier-expression': PORT }));
  const kept = parts(engine.ask(from('kept', message(request, 1, iaNa(1), iaPd(1)))));
  t.match(kept, [/\[2001:db8:1::77 /, /\[2001:db8:7000::\/56 /]);
  t.match(parts(engine.ask(from('', message(request, 2, iaNa(1))))), [/\[2001:db8:1::1\d /]);
  t.match(engine.rows(), [/^2001:db8:1::77\/128 00010001/, /^2001:db8:7000::\/56 /, /.*/]);
});

const REPLACING = { 'identifier-expression': PORT, 'replace-client-id': true };

t.test('with replace-client-id a lease goes over to another device behind the same port', async (t) => {
  const engine = new BenchEngine6(configured(REPLACING));
  const first = engine.ask(from('port1', message(request, 1, iaNa(1))))!;
  const [lease] = parts(first)!;
  t.match(engine.rows(), [/ 0000706f727431 1 0 /], 'the lease is that of the identifier');
  const own = (client: number) => `1=${Buffer.from(duid(client)).toString('hex')}`;
  t.ok(first.options.includes(own(1)), 'the client gets back what it has sent');
  const another = engine.ask(from('port1', message(request, 2, iaNa(1))))!;
  t.equal(parts(another)![0], lease);
  t.ok(another.options.includes(own(2)));
  t.not(parts(engine.ask(from('port2', message(request, 1, iaNa(1)))))![0], lease);
  engine.rows();
  const plain = engine.ask(from('', message(solicit, 3, iaNa(1))))!;
  t.ok(plain.options.includes(own(3)), 'nothing is left over for the next one');
  t.match(parts(engine.ask(from('port1', message(renew, 9, iaNa(1))))), [lease!.slice(0, 20)]);
  engine.ask(from('port1', message(release, 9, iaNa(1))));
});

t.test('a message without a DUID is served where one is made', async (t) => {
  const engine = new BenchEngine6(configured(REPLACING));
  const nameless = (type: number, ...ias: (readonly number[])[]) => {
    const whole = message(type, 1, ...ias);
    // The header, then option 1.
    return Uint8Array.from([...whole.subarray(0, 4), ...whole.subarray(8 + duid(1).length)]);
  };
  const answer = engine.ask(from('port1', nameless(request, iaNa(1))))!;
  t.match(engine.rows(), [/ 0000706f727431 1 0 /], 'the lease is that of the identifier');
  t.notOk(
    answer.options.some((option) => option.startsWith('1=')),
    'nobody gets back what he has not sent',
  );
  const [lease] = parts(answer)!;
  t.equal(parts(engine.ask(from('port1', nameless(renew, iaNa(1)))))![0], lease);
  t.ok(engine.ask(from('', nameless(informationRequest))), 'who wants no lease needs none');
  t.ok(engine.ask(from('port1', nameless(informationRequest))));
  for (const datagram of [nameless(request, iaNa(1)), from('', nameless(request, iaNa(1)))])
    t.equal(engine.send(datagram), 'tandem-drop-bad-client-id', 'where none is made');
  const both = Uint8Array.from([...nameless(request, iaNa(1))]);
  both[0] = solicit;
  t.equal(engine.send(from('port1', both)), 'tandem-drop-bad-server-id', 'what else is wrong is so still');
  const plain = new BenchEngine6(configured({ 'identifier-expression': PORT }));
  t.equal(plain.send(from('kept', nameless(request, iaNa(1)))), 'tandem-drop-bad-client-id', 'none is made');
});

t.test('expressions see the identifier in the place of option 1', async (t) => {
  const more = {
    'client-classes': [
      {
        name: 'late',
        test: "option[1].hex == 0x0000706f727431 and member('UNKNOWN')",
        'option-data': [{ name: 'dns-servers', data: '2001:db8::53', 'always-send': true }],
      },
    ],
  };
  const engine = new BenchEngine6(configured(REPLACING, more));
  const dns = (answer: Reply6 | null) => answer!.options.some((option) => option.startsWith('23='));
  t.ok(dns(engine.ask(from('port1', message(informationRequest, 1)))));
  t.notOk(dns(engine.ask(from('port2', message(informationRequest, 1)))));
});

t.test('with ignore-iaid the only association of a kind is known without its IAID', async (t) => {
  const engine = new BenchEngine6(configured({ 'identifier-expression': PORT, 'ignore-iaid': true }));
  const ask = (...ias: (readonly number[])[]) =>
    parts(engine.ask(from('', message(request, 1, ...ias))))!.map((part) =>
      part.replace(/ \d+\/\d+ \[/, ' ['),
    );
  const [address, prefix] = ask(iaNa(5), iaPd(6));
  t.match([address, prefix], [/^na 5 \[2001:/, /^pd 6 \[2001:/], 'the client hears the one that it has sent');
  t.match(engine.rows(), [/ 00010001\w+ 0 0 /, / 00010001\w+ 0 0 /]);
  t.same(ask(iaNa(7), iaPd(8)), [address!.replace('na 5', 'na 7'), prefix!.replace('pd 6', 'pd 8')]);
  const several = ask(iaNa(5), iaNa(7), iaPd(9));
  t.notSame(several[0], address, 'of two each is known by its own');
  t.notSame(several[1], address!.replace('na 5', 'na 7'));
  t.equal(several[2], prefix!.replace('pd 6', 'pd 9'));
});

t.test('an identifier that makes no DUID', async (t) => {
  const engine = new BenchEngine6(configured(REPLACING));
  for (const id of ['x', '\0', 'xy', 'x'.repeat(129)])
    t.equal(engine.send(from(id, message(solicit, 1, iaNa(1)))), 'tandem-drop-bad-client-id');
  for (const id of ['xyz', 'x'.repeat(128)]) t.equal(engine.send(from(id, message(solicit, 1, iaNa(1)))), '');
  t.equal(engine.replies().length, 2);
});

t.test('what is wrong with the parameters', async (t) => {
  const placesOf = (parameters: Record<string, unknown>): string[] => {
    const result = parseConfig6(text(parameters), 'kea.conf');
    return result.ok ? [] : result.problems.map(({ path }) => path);
  };
  const at = 'Dhcp6/hooks-libraries[0]/parameters';
  t.same(placesOf({ 'identifier-expression': 'substring(option[1].hex, 0' }), [
    `${at}/identifier-expression`,
  ]);
  t.same(placesOf({ 'identifier-expression': PORT, 'ignore-iaid': 1 }), [`${at}/ignore-iaid`]);
});
