/** ADDR-REG-INFORM: addresses that clients have made themselves. [RFC9686] */
import t from 'tap';
import { ByteRingReader } from '../../../../src/base/byte-ring.ts';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS } from '../../../../src/config/ddns-model.ts';
import { MessageType, OptionCode } from '../../../../src/dhcp6/codes.ts';
import { ExpiringLeases6 } from '../../../../src/engine/dhcp6/leases/expiring-leases.ts';
import { recountLeases } from '../../../../src/engine/dhcp6/leases/recount.ts';
import { Reclaimer } from '../../../../src/engine/leases/reclaim.ts';
import { UpdateMode } from '../../../../src/engine/policy.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, HOME, host, ip6, network, option, pool, subnet } from '../config.ts';
import { duid, iaAddress, iaNa, iaPd, message, opt, oro, partsOf, relayed, word } from '../messages.ts';

const { addrRegInform, addrRegReply, release, renew, request, solicit } = MessageType;
const A = '2001:db8:1::a';
const B = '2001:db8:1::b';
const IN_POOL = '2001:db8:1::15';
const hex = (client: number): string => Buffer.from(duid(client)).toString('hex');

function serverOf(more: Parameters<typeof config6>[0] = {}, capacity = 64): BenchEngine6 {
  return new BenchEngine6(config6({ allowAddressRegistration: true, ...more }), { capacity });
}

function inform(client: number, address: string, valid = 2000, ...options: (readonly number[])[]) {
  return message(addrRegInform, client, iaAddress(address, 1000, valid), ...options);
}

/** What is sent from an address. */
const from = (address: string) => ({ source: ip6(address) });

t.test('an address is registered with the lifetimes that its client tells', async (t) => {
  const options = [option(23, ip6('2001:db8::53')), option(7, Uint8Array.of(9), { alwaysSend: true })];
  const server = serverOf({ subnets: [{ ...HOME, options }] });
  const reply = server.ask(inform(1, A, 2000, oro(23)), from(A))!;
  t.equal(reply.type, addrRegReply);
  t.equal(reply.transactionId, 0xabcdef);
  t.same(partsOf(reply), [`${A} 1000/2000`, '7=09', '23=20010db8000000000000000000000053']);
  t.same(server.rows(), [`${A}/128 ${hex(1)} 0 4 2000`]);
  t.equal(server.statistic('pkt6-addr-reg-inform-received'), 1);

  server.clock.pass(500);
  t.ok(server.ask(inform(1, A, 9000), from(A)), 'again');
  t.same(server.rows(), [`${A}/128 ${hex(1)} 0 4 9000`]);
  t.ok(server.ask(inform(2, A), from(A)), 'another client that has the address now');
  t.same(server.rows(), [`${A}/128 ${hex(2)} 0 4 2000`]);
  for (const name of ['registered-nas', 'cumulative-registered-nas']) {
    t.equal(server.statistic(name), 1);
    t.equal(server.statistic(`subnet[1].${name}`), 1);
  }
  t.equal(server.statistic('assigned-nas'), 0);
});

t.test('the reply has option 5 as it came, and goes back through the relays', async (t) => {
  const server = serverOf();
  const address = opt(OptionCode.iaAddress, [...ip6(A), ...word(7), ...word(8), ...opt(13, [0, 0, 0x78])]);
  const query = message(addrRegInform, 1, address);
  const inner = relayed(query, '2001:db8:1::1', A, opt(OptionCode.interfaceId, [1, 2]));
  const reply = server.ask(relayed(inner, '::', 'fe80::2'))!;
  t.equal(reply.relays, 2);
  t.ok(Buffer.from(reply.bytes).includes(Buffer.from(address)));
});

t.test('what is not in order gets no answer', async (t) => {
  const server = serverOf({ subnets: [HOME, subnet(2, '::/0')], hosts: [] });
  const address = iaAddress(A, 1000, 2000);
  const bad = 'tandem-drop-bad-registration';
  const nowhere = { arrival: { interfaceName: 'eth9' }, source: ip6('2001:db8:9::1') };
  const cases: [string, Uint8Array, object][] = [
    [bad, message(addrRegInform, 1), from(A)],
    [bad, message(addrRegInform, 1, address, iaAddress(B)), from(A)],
    [bad, message(addrRegInform, 1, address, address), from(A)],
    [bad, message(addrRegInform, 1, iaNa(1, address)), from(A)],
    [bad, message(addrRegInform, 1, address, iaNa(1)), from(A)],
    [bad, message(addrRegInform, 1, address, iaPd(1)), from(A)],
    [bad, message(addrRegInform, 1, address, opt(OptionCode.iaTa, word(1))), from(A)],
    [bad, inform(1, A), from(B)],
    [bad, inform(1, A), {}],
    [bad, relayed(inform(1, A), '2001:db8:1::1', B), from(A)],
    [bad, relayed(relayed(inform(1, A), '2001:db8:1::1', B), '::', A), from(A)],
    [bad, inform(1, '2001:db8:2::1'), from('2001:db8:2::1')],
    [bad, inform(1, '::'), nowhere],
    [bad, relayed(inform(1, '::'), '2001:db8:7::1', '::'), {}],
    [bad, relayed(inform(1, 'ff02::1'), '2001:db8:7::1', 'ff02::1'), {}],
    ['tandem-drop-option-length', message(addrRegInform, 1, opt(5, ip6(A))), from(A)],
    ['tandem-drop-bad-client-id', Uint8Array.from([addrRegInform, 1, 2, 3, ...address]), from(A)],
    ['tandem-drop-bad-server-id', message(addrRegInform, 1, address, opt(2, [0, 3, 0, 1, 2])), from(A)],
    ['tandem-drop-unicast', inform(1, A), { ...from(A), arrival: { isUnicast: true } }],
    ['tandem-drop-message-type', message(addrRegReply, 1, address), from(A)],
  ];
  for (const [at, [cell, datagram, way]] of cases.entries())
    t.equal(server.send(datagram, way), cell, `${at}: ${cell}`);
  t.same(server.replies(), []);
  t.equal(server.context.book.table.count(), 0);
  t.equal(serverOf({ subnets: [] }).send(inform(1, A), from(A)), 'tandem-drop-no-subnet');
  const refusing = serverOf({ allowAddressRegistration: false });
  t.equal(refusing.send(inform(1, A), from(A)), 'tandem-drop-message-type');
});

t.test('what is leased, was leased or is reserved is not registered', async (t) => {
  const reserved = ['2001:db8:1::31', '2001:db8:1::32', '2001:db8:1::33'];
  const hosts = [
    host(1, 'duid', duid(9), { addresses: [ip6(reserved[0]!)] }),
    host(1, 'duid', duid(1), { addresses: [ip6(reserved[1]!)] }),
    host(0, 'duid', duid(8), { addresses: [ip6(reserved[2]!)] }),
  ];
  const server = serverOf({ hosts });
  for (const address of reserved)
    t.equal(server.send(inform(1, address), from(address)), 'tandem-drop-address-taken', address);
  server.ask(message(request, 5, iaNa(1, iaAddress(IN_POOL))));
  for (const client of [5, 6])
    t.equal(server.send(inform(client, IN_POOL), from(IN_POOL)), 'tandem-drop-address-taken');
  server.ask(message(release, 5, iaNa(1, iaAddress(IN_POOL))));
  t.equal(server.state(IN_POOL), LeaseState.released);
  t.equal(server.send(inform(5, IN_POOL), from(IN_POOL)), 'tandem-drop-address-taken');

  const offered = '2001:db8:1::16';
  server.ask(message(solicit, 3, iaNa(1, iaAddress(offered))));
  t.equal(server.state(offered), LeaseState.offered);
  t.ok(server.ask(inform(4, offered), from(offered)), 'who has it goes before who may have it');
  t.same(partsOf(server.ask(message(request, 3, iaNa(1, iaAddress(offered))))!)[0]?.includes(offered), false);
});

t.test('what is registered is given to nobody, until it is over', async (t) => {
  const one = { ...HOME, pools: [pool(`${IN_POOL} - ${IN_POOL}`)] };
  const server = serverOf({ subnets: [one] });
  server.ask(inform(1, IN_POOL, 100), from(IN_POOL));
  const asks = (client: number) =>
    partsOf(server.ask(message(request, client, iaNa(0, iaAddress(IN_POOL))))!)[0];
  t.match(asks(1), /status 2/);
  t.match(asks(2), /status 2/);
  t.match(partsOf(server.ask(message(renew, 1, iaNa(0, iaAddress(IN_POOL))))!)[0], /0\/0/);
  t.match(partsOf(server.ask(message(release, 1, iaNa(0, iaAddress(IN_POOL))))!)[0], /status 3/);
  server.clock.pass(102);
  t.match(asks(2), `${IN_POOL} 3000/4000`);
  t.equal(server.statistic('registered-nas'), 0);
  t.equal(server.statistic('assigned-nas'), 1);
  t.equal(server.statistic('reclaimed-leases'), 1);
});

t.test('a lifetime of 0 ends a registration, or does nothing', async (t) => {
  const server = serverOf();
  t.ok(server.ask(inform(1, A, 0), from(A)));
  t.same(server.rows(), []);
  server.ask(inform(1, A, 0xffff_ffff), from(A));
  server.rows();
  t.same(partsOf(server.ask(inform(1, A, 0), from(A))!), [`${A} 1000/0`]);
  t.same(server.rows(), [`${A}/128 ${hex(1)} 0 4 0`]);
  t.equal(server.state(A), null);
  t.equal(server.statistic('registered-nas'), 0);
});

t.test('what is over is reclaimed and deleted, whatever is kept of other leases', async (t) => {
  const server = serverOf();
  const leases = new ExpiringLeases6(
    server.context.book,
    () => server.context,
    () => server.context.events,
  );
  const limits = { ...config6().expiredLeases, flushReclaimedTimerWaitSec: 25, holdReclaimedSec: 3600 };
  server.ask(inform(1, A, 100), from(A));
  server.rows();
  server.clock.pass(102);
  const report = await new Reclaimer(leases, server.clock).cycle(limits, true, async () => {});
  t.same([report.reclaimed, report.deleted], [1, 1]);
  t.same(server.rows(), [`${A}/128 ${hex(1)} 0 4 0`]);
  t.equal(server.statistic('registered-nas'), 0);
  t.equal(server.statistic('reclaimed-leases'), 1);
  t.ok(server.ask(inform(2, A), from(A)), 'and may be registered again');
});

t.test('in a shared network any of its subnets has the address', async (t) => {
  const networkName = 'both';
  const far = subnet(2, '2001:db8:2::/64', { networkName });
  const server = serverOf({
    sharedNetworks: [network(networkName)],
    subnets: [{ ...HOME, networkName }, far, subnet(3, '2001:db8:3::/64')],
  });
  t.ok(server.ask(inform(1, '2001:db8:2::a'), from('2001:db8:2::a')));
  t.equal(server.statistic('subnet[2].registered-nas'), 1);
  const other = '2001:db8:3::a';
  t.equal(server.send(inform(1, other), from(other)), 'tandem-drop-bad-registration');
});

t.test('a registration moves with its subnet, and counts anew', async (t) => {
  const server = serverOf({ subnets: [HOME, subnet(2, '2001:db8::/32')] });
  server.ask(inform(1, A), from(A));
  server.ask(relayed(inform(1, A), '2001:db8:7::1', A));
  t.equal(server.statistic('subnet[1].registered-nas'), 0);
  t.equal(server.statistic('subnet[2].registered-nas'), 1);
  t.equal(server.statistic('registered-nas'), 1);
  recountLeases(server.context, server.reader);
  t.equal(server.statistic('subnet[2].registered-nas'), 1);
  t.equal(server.statistic('registered-nas'), 1);
});

t.test('DNS hears of its name once it is safe, and that it is gone', async (t) => {
  const ddns = { ...DDNS_DEFAULTS, replaceClientName: 'always' as const, qualifyingSuffix: 'example.com' };
  const named = (name: string) => opt(OptionCode.fqdn, [1, name.length, ...Buffer.from(name), 0]);
  for (const generated of [false, true]) {
    const subnets = [{ ...HOME, ddns: generated ? ddns : { ...ddns, replaceClientName: 'never' as const } }];
    const server = serverOf({ ddns: { ...DDNS_SERVER_DEFAULTS, enableUpdates: true }, subnets });
    const reader = new ByteRingReader(server.dns.ring);
    const told = (): number[] => {
      const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
      const kinds: number[] = [];
      while (reader.next(record)) kinds.push(record.kind);
      reader.release();
      return kinds;
    };
    server.send(inform(1, A, 2000, named('one')), from(A));
    t.same(told(), [], 'not before it is durable');
    server.makeDurable();
    t.equal(server.replies().length, 1);
    t.same(told(), [0]);
    const name = generated ? 'myhost-2001-db8-1--a.example.com.' : 'one.';
    t.same(server.names(), [`${A} ${name} fr`]);
    server.ask(inform(1, A, 2000, named('one')), from(A));
    t.same(told(), [], 'the same name is no news');
    server.ask(inform(2, A, 2000, named('two')), from(A));
    t.same(told(), [1, 0], 'another client has it');
    server.ask(inform(2, A, 0), from(A));
    t.same(told(), [1], 'it is over');
  }
});

t.test('it waits for the partner, and belongs to one server of a pair', async (t) => {
  const server = serverOf();
  server.allow({ activeServers: 2, scopes: 1, updateMode: UpdateMode.await });
  const clients = Array.from({ length: 8 }, (_, client) => client + 1);
  const answers = clients.map((client) => {
    const address = `2001:db8:1::a${client}`;
    return server.send(inform(client, address), from(address));
  });
  t.same([...new Set(answers)].sort(), ['', 'tandem-drop-out-of-scope']);
  server.makeDurable();
  t.same(server.replies(), [], 'the partner has not answered');
  const updates = server.updates();
  t.equal(updates.length, answers.filter((each) => each === '').length);
  for (const { state, isAwaited, isLast } of updates) t.same([state, isAwaited, isLast], [4, true, true]);
});

t.test('without memory for it nothing is changed', async (t) => {
  const server = serverOf({}, 1);
  t.ok(server.ask(inform(1, A), from(A)));
  t.equal(server.send(inform(2, B), from(B)), 'tandem-drop-table-full');
  t.equal(server.statistic('registered-nas'), 1);
  server.makeDurable();
  t.same(server.replies(), []);
});
