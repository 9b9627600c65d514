/** What DNS is told of a DHCPv6 lease, and when: of one address a message, as Kea does it; of prefixes nothing. */
import t from 'tap';
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS, type DdnsConfig } from '../../../src/config/ddns-model.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ExpiringLeases6 } from '../../../src/engine/dhcp6/leases/expiring-leases.ts';
import { Reclaimer } from '../../../src/engine/leases/reclaim.ts';
import { DnsChange, DnsField, DnsIdentifier } from '../../../src/engine/names/dns-log.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { config6, fixed, HOME, pool } from './config.ts';
import { duid, iaAddress, iaNa, iaPd, iaPrefix, message, opt } from './messages.ts';

const { decline, release, renew, request, solicit } = MessageType;
const A = '2001:db8:1::15';
const B = '2001:db8:1::16';
const IA_A = iaNa(1, iaAddress(A));
const IA_B = iaNa(2, iaAddress(B));

function serverWith(ddns: Partial<DdnsConfig> = {}, more: Partial<typeof HOME> = {}) {
  const engine = new BenchEngine6(
    config6({
      ddns: { ...DDNS_SERVER_DEFAULTS, enableUpdates: true },
      subnets: [{ ...HOME, ddns: { ...DDNS_DEFAULTS, ...ddns }, ...more }],
    }),
  );
  const reader = new ByteRingReader(engine.dns.ring);
  return { engine, told: () => readAll(reader) };
}

const named = (name: string, flags = 1) =>
  opt(OptionCode.fqdn, [flags, name.length, ...Buffer.from(name), 0]);

/** The records since the last call: "add NAME ADDRESS". */
function readAll(reader: ByteRingReader): string[] {
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const told: string[] = [];
  while (reader.next(record)) {
    const bytes = Buffer.from(reader.bytes.slice(record.offset, record.offset + record.length));
    const name = bytes.subarray(bytes.length - bytes[DnsField.nameLength]!).toString();
    const address = bytes.subarray(DnsField.address, DnsField.address + bytes[DnsField.addressLength]!);
    const change = record.kind === DnsChange.add ? 'add' : 'remove';
    told.push(`${change} ${name} ${formatIpv6(address)}`);
  }
  reader.release();
  return told;
}

t.test('a name comes with its lease, changes with it, and goes with it', async (t) => {
  const { engine, told } = serverWith();
  engine.ask(message(solicit, 1, IA_A, named('a')));
  t.same(told(), [], 'an offer is no lease');
  engine.send(message(request, 1, IA_A, named('a')));
  t.same(told(), [], 'nor is what is not safe yet');
  engine.makeDurable();
  engine.replies();
  t.same(told(), [`add a. ${A}`]);
  engine.ask(message(renew, 1, IA_A, named('A')));
  engine.ask(message(request, 1, IA_A, named('a')));
  t.same(told(), [], 'the same name in other letters');
  engine.ask(message(renew, 1, IA_A, named('b')));
  t.same(told(), [`remove a. ${A}`, `add b. ${A}`]);
  engine.ask(message(renew, 1, IA_A, named('b', 0)));
  t.same(told(), [`remove b. ${A}`, `add b. ${A}`], 'the client makes the forward update now');
  engine.ask(message(renew, 1, IA_A));
  t.same(told(), [`remove b. ${A}`], 'a name that the lease has no more');
  engine.ask(message(renew, 1, IA_A, named('c')));
  engine.ask(message(release, 1, IA_A));
  t.same(told(), [`add c. ${A}`, `remove c. ${A}`]);
  engine.ask(message(request, 1, IA_A, named('d', 4)));
  t.same(told(), [], 'nobody is to be told');
});

t.test('a client is its DUID', async (t) => {
  const { engine } = serverWith();
  engine.ask(message(request, 7, IA_A, named('a')));
  const reader = new ByteRingReader(engine.dns.ring);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  t.ok(reader.next(record));
  const bytes = reader.bytes.slice(record.offset, record.offset + record.length);
  t.equal(bytes[DnsField.identifierType], DnsIdentifier.duid);
  const end = DnsField.bytes + bytes[DnsField.identifierLength]!;
  t.same(bytes.subarray(DnsField.bytes, end), duid(7));
});

t.test('of several addresses of a message the first that is news is told', async (t) => {
  const { engine, told } = serverWith();
  engine.ask(message(request, 1, iaPd(3), IA_A, IA_B, named('a')));
  t.same(told(), [`add a. ${A}`]);
  engine.ask(message(renew, 1, IA_B, IA_A, named('a')));
  t.same(told(), [], 'none is news');
  engine.ask(message(renew, 1, IA_B, IA_A, named('b')));
  t.same(told(), [`remove a. ${B}`, `remove a. ${A}`, `add b. ${B}`], 'the former name goes from all');
  engine.ask(message(request, 1, IA_A, iaNa(5, iaAddress('2001:db8:1::17')), named('b')));
  t.same(told(), ['add b. 2001:db8:1::17']);
  engine.ask(message(release, 1, IA_A, IA_B));
  t.same(told(), [`remove b. ${A}`, `remove b. ${B}`]);
});

t.test('prefixes have names, and DNS hears of none', async (t) => {
  const { engine, told } = serverWith();
  engine.ask(message(request, 1, iaPd(1), named('a')));
  t.match(engine.names(), [/ a\. fr$/]);
  engine.ask(message(renew, 1, iaPd(1), named('b')));
  engine.ask(message(release, 1, iaPd(1, iaPrefix('2001:db8:8000::/56'))));
  t.same(told(), []);
});

t.test('declined addresses, and ones that the client leaves for others', async (t) => {
  const { engine, told } = serverWith();
  engine.ask(message(request, 1, IA_A, named('a')));
  engine.ask(message(decline, 1, IA_A));
  t.same(told(), [`add a. ${A}`, `remove a. ${A}`]);
  t.same(engine.names(), [`${A} `]);
});

t.test('renewals tell a name again where that is configured', async (t) => {
  const { engine, told } = serverWith({ updateOnRenew: true });
  engine.ask(message(request, 1, IA_A, IA_B, named('a')));
  told();
  for (const type of [renew, request, MessageType.rebind]) {
    engine.ask(message(type, 1, IA_A, IA_B, named('a')));
    t.same(told(), [`remove a. ${A}`, `add a. ${A}`]);
  }
});

t.test('a lease that is over takes its name with it', async (t) => {
  const oneAddress = { validLifetime: fixed(100), pools: [pool(`${A} - ${A}`)] };
  const { engine, told } = serverWith({}, oneAddress);
  engine.ask(message(request, 1, IA_A, named('a')));
  engine.clock.pass(101);
  engine.ask(message(solicit, 2, iaNa(1)));
  t.same(told(), [`add a. ${A}`, `remove a. ${A}`], 'when somebody else is offered its address');
  engine.ask(message(request, 2, iaNa(1), named('b')));
  engine.clock.pass(101);
  const { book, dns, statistics, subnets } = engine.context;
  const counting = { book, statistics, subnets, subnet: null };
  const leases = new ExpiringLeases6(
    book,
    () => counting,
    () => engine.context.events,
    () => dns,
  );
  const { expiredLeases } = config6();
  await new Reclaimer(leases, engine.clock).cycle(expiredLeases, true, async () => {});
  t.same(told(), [`add b. ${A}`, `remove b. ${A}`], 'or when it is reclaimed');
});

t.test('a name that is not told yet is told with the next change of its lease', async (t) => {
  const { engine, told } = serverWith();
  engine.send(message(request, 1, IA_A, named('a')));
  engine.send(message(renew, 1, IA_A, named('b')));
  t.same(told(), [], 'what DNS was never told it need not forget');
  engine.makeDurable();
  t.same(told(), [`add b. ${A}`]);
});

t.test('of very many addresses that one is told, too, which comes last', async (t) => {
  const { engine, told } = serverWith();
  const ias = Array.from({ length: 10 }, (_, i) => iaNa(i + 1, iaAddress(`2001:db8:1::1${i}`)));
  engine.ask(message(request, 1, ...ias.slice(0, 9), named('a')));
  t.same(told(), ['add a. 2001:db8:1::10']);
  engine.ask(message(renew, 1, ...ias, named('a')));
  t.same(told(), ['add a. 2001:db8:1::19']);
});

t.test('without updates nothing is written', async (t) => {
  const { engine, told } = serverWith({ sendUpdates: false });
  engine.ask(message(request, 1, IA_A, named('a')));
  engine.ask(message(release, 1, IA_A));
  t.same(told(), []);
});
