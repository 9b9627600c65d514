/** What DNS is told of a lease, and when: a name comes when its lease is safe, and goes when the lease or the name does. */
import t from 'tap';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { DnsChange, DnsField } from '../../src/engine/names/dns-log.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { BenchServer } from './bench-server.ts';
import { decline, discover, lease, release, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const octets = (text: string): number[] => [...Buffer.from(text)];
const named = (text: string): readonly (readonly [number, readonly number[]])[] => [[12, octets(text)]];

function serverWith(t: Parameters<typeof serverFor>[0], more: Record<string, unknown> = {}, options = {}) {
  const dhcp4 = { 'dhcp-ddns': { 'enable-updates': true }, 'ddns-qualifying-suffix': 'x.org', ...more };
  const server = serverFor(t, dhcp4, options);
  const reader = new ByteRingReader(server.dns.ring);
  return { server, told: () => readAll(reader) };
}

/** The records since the last call: "add NAME ADDRESS". */
function readAll(reader: ByteRingReader): string[] {
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const told: string[] = [];
  while (reader.next(record)) {
    const bytes = Buffer.from(reader.bytes.slice(record.offset, record.offset + record.length));
    const name = bytes.subarray(bytes.length - bytes[DnsField.nameLength]!).toString();
    const address = formatIpv4(bytes.readUInt32BE(DnsField.address));
    told.push(`${record.kind === DnsChange.add ? 'add' : 'remove'} ${name} ${address}`);
  }
  reader.release();
  return told;
}

t.test('a name comes with its lease, changes with it, and goes with it', async (t) => {
  const { server, told } = serverWith(t);
  server.ask(discover(1, named('a')));
  t.same(told(), [], 'an offer is no lease');
  const { yiaddr } = lease(server, 1, named('a'));
  t.same(told(), [`add a.x.org ${yiaddr}`]);
  server.ask(renew(1, yiaddr, named('A')));
  t.same(told(), [], 'the same name in other letters');
  server.ask(renew(1, yiaddr, named('b')));
  t.same(told(), [`remove a.x.org ${yiaddr}`, `add b.x.org ${yiaddr}`]);
  server.ask(renew(1, yiaddr, [[81, [0, 0, 0, ...octets('b')]]]));
  t.same(
    told(),
    [`remove b.x.org ${yiaddr}`, `add b.x.org. ${yiaddr}`],
    'the client makes the forward update now',
  );
  server.ask(renew(1, yiaddr, []));
  t.same(told(), [`remove b.x.org. ${yiaddr}`]);
  server.ask(renew(1, yiaddr, named('c')));
  server.ask(release(1, yiaddr));
  t.same(told(), [`add c.x.org ${yiaddr}`, `remove c.x.org ${yiaddr}`]);
});

t.test('a declined address, and one that the client leaves for another', async (t) => {
  const { server, told } = serverWith(t);
  const { yiaddr } = lease(server, 1, named('a'));
  server.ask(decline(1, yiaddr));
  t.same(told(), [`add a.x.org ${yiaddr}`, `remove a.x.org ${yiaddr}`]);
  server.ask(request(2, '10.0.0.15', named('b')));
  server.ask(request(2, '10.0.0.16', named('b')));
  t.same(told(), ['add b.x.org 10.0.0.15', 'remove b.x.org 10.0.0.15', 'add b.x.org 10.0.0.16']);
});

t.test('a name is not told before its lease is on disk and with the partner', async (t) => {
  const { server, told } = serverWith(t);
  server.policy({ updateMode: 2 });
  server.send(request(1, '10.0.0.15', named('a')));
  t.same(told(), [], 'neither');
  server.makeDurable();
  t.same(told(), [], 'on disk');
  server.verdict(1, 1, Verdict.confirmed);
  t.same(told(), ['add a.x.org 10.0.0.15']);
});

t.test('a name whose lease the partner refuses is told when it agrees', async (t) => {
  const { server, told } = serverWith(t);
  server.policy({ updateMode: 2 });
  server.send(request(1, '10.0.0.15', named('a')));
  server.makeDurable();
  server.verdict(1, 1, Verdict.rejected);
  t.same(told(), []);
  server.send(request(1, '10.0.0.15', named('a')));
  server.makeDurable();
  server.verdict(2, 1, Verdict.confirmed);
  t.same(told(), ['add a.x.org 10.0.0.15']);
  server.send(release(1, '10.0.0.15'));
  t.same(told(), ['remove a.x.org 10.0.0.15']);
});

t.test('a name that was never told is not taken back', async (t) => {
  const { server, told } = serverWith(t);
  server.send(request(1, '10.0.0.15', named('a')));
  server.send(renew(1, '10.0.0.15', named('b')));
  server.makeDurable();
  t.same(told(), ['add b.x.org 10.0.0.15'], 'the newer one alone');
});

t.test('a lease that ran out is given to somebody else: the former name goes first', async (t) => {
  const clock = new TestClock();
  const { server, told } = serverWith(t, {}, { clock });
  const { yiaddr } = lease(server, 1, named('a'));
  told();
  clock.pass(3_700);
  server.ask(request(2, yiaddr, named('b')));
  t.same(told(), [`remove a.x.org ${yiaddr}`, `add b.x.org ${yiaddr}`]);
});

t.test(
  'an unchanged lease is answered from the cache and tells nothing, unless each renewal is to tell',
  async (t) => {
    for (const updateOnRenew of [false, true]) {
      const more = { 'cache-threshold': 0.5, 'ddns-update-on-renew': updateOnRenew };
      const { server, told } = serverWith(t, more);
      const { yiaddr } = lease(server, 1, named('a'));
      told();
      server.ask(renew(1, yiaddr, named('a')));
      t.equal(server.statistic('v4-lease-reuses'), updateOnRenew ? 0 : 1);
      t.same(told(), updateOnRenew ? [`remove a.x.org ${yiaddr}`, `add a.x.org ${yiaddr}`] : []);
      server.ask(renew(1, yiaddr, [[81, [1, 0, 0, ...octets('a')]]]));
      t.equal(server.lease(yiaddr)?.hostname, 'a.x.org.', 'another name is never answered from the cache');
    }
  },
);

t.test('without updates, of the server or of the subnet, nothing is told and names are made', async (t) => {
  for (const off of [{ 'dhcp-ddns': { 'enable-updates': false } }, { 'ddns-send-updates': false }]) {
    const { server, told } = serverWith(t, off);
    const { yiaddr } = lease(server, 1, named('a'));
    t.same(told(), []);
    t.match(server.lease(yiaddr), { hostname: 'a.x.org', fqdnFwd: false, fqdnRev: false });
  }
});

t.test('when the way to main is full, requests are lost and counted, and leases are given', async (t) => {
  const { server, told } = serverWith(t);
  const { yiaddr } = lease(server, 1, named('a'));
  const words = new Int32Array(server.dns.words);
  for (let i = 0; i < 5_000; i++) renewAs(server, yiaddr, i % 2 === 0 ? 'b' : 'c');
  t.ok(words[1]! > 0, `${words[1]} lost`);
  t.ok(told().length > 1_000);
  t.equal(server.statistic('pkt4-ack-sent'), 5_001);
});

function renewAs(server: BenchServer, address: string, name: string): void {
  if (server.ask(renew(1, address, named(name))) === null) throw new Error('no answer');
}

t.test(
  'a pool may have settings of its own: its leases go by them, others by those of the subnet',
  async (t) => {
    const pools = [
      { pool: '10.0.0.10 - 10.0.0.19', 'ddns-qualifying-suffix': 'pool.org', 'ddns-update-on-renew': true },
      { pool: '10.0.0.20 - 10.0.0.29', 'ddns-send-updates': false },
      { pool: '10.0.0.30 - 10.0.0.39' },
    ];
    const subnet = { id: 1, subnet: '10.0.0.0/24', pools, relay: { 'ip-addresses': ['127.0.0.1'] } };
    const { server, told } = serverWith(t, { subnet4: [subnet] });
    const renewed = (client: number, address: string): string[] => {
      server.ask(request(client, address, named('a')));
      told();
      server.ask(renew(client, address, named('a')));
      return told();
    };
    t.same(renewed(1, '10.0.0.10'), ['remove a.pool.org 10.0.0.10', 'add a.pool.org 10.0.0.10']);
    server.ask(request(2, '10.0.0.20', named('a')));
    t.same(told(), []);
    t.equal(server.lease('10.0.0.20')?.hostname, 'a.x.org');
    t.same(renewed(3, '10.0.0.30'), []);
    t.equal(server.lease('10.0.0.30')?.hostname, 'a.x.org');
  },
);
