/** Which subnet a DHCPv6 query belongs to, and what is done within shared networks. [RFC8415 13.1] */
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { BenchEngine6, type Way } from './bench-engine.ts';
import { config6, ip6, network, option, pool, subnet } from './config.ts';
import { iaAddress, iaNa, message, opt, oro, partsOf, relayed } from './messages.ts';

const { solicit, request, renew } = MessageType;

function home(id: number, more: Parameters<typeof subnet>[2] = {}) {
  const prefix = `2001:db8:${id}::`;
  return subnet(id, `${prefix}/64`, { pools: [pool(`${prefix}10 - ${prefix}11`)], ...more });
}

/** The subnet that the client is given an address of. */
function chosen(engine: BenchEngine6, datagram: Uint8Array, way?: Way): string | undefined {
  const answer = engine.ask(datagram, way);
  return /2001:db8:(\d+)::/.exec(answer === null ? '' : partsOf(answer).join())?.[1];
}

t.test('selection, in the order of the rules', async (t) => {
  const subnets = [
    home(1, { interfaceName: 'eth0' }),
    home(2, { interfaceId: Uint8Array.of(1, 2, 3) }),
    home(3, { relayAddresses: [ip6('2001:db8:99::1')] }),
    home(4),
    subnet(5, '2001:db8:4::/48', { pools: [pool('2001:db8:4:5::1 - 2001:db8:4:5::2')] }),
    home(6, { clientClasses: ['nobody'], interfaceName: 'eth6' }),
  ];
  const engine = new BenchEngine6(config6({ subnets }));
  const query = message(solicit, 1, iaNa(1));
  const eth9 = { arrival: { interfaceName: 'eth9', isUnicast: false } };
  t.equal(chosen(engine, query), '1', 'by interface');
  t.equal(chosen(engine, query, { ...eth9, source: ip6('2001:db8:4::99') }), '4', 'by source');
  t.equal(chosen(engine, query, eth9), undefined);
  t.equal(
    chosen(engine, query, { arrival: { interfaceName: 'eth6', isUnicast: false } }),
    undefined,
    'not open',
  );
  const from = (link: string, ...options: (readonly number[])[]) =>
    relayed(query, link, 'fe80::1', ...options);
  t.equal(chosen(engine, from('2001:db8:4::1')), '4', 'by link-address, the lowest id');
  t.equal(chosen(engine, from('2001:db8:99::1')), '3', 'by the address of the relay');
  t.equal(chosen(engine, from('2001:db8:4::1', opt(18, [1, 2, 3]))), '2', 'by interface-id');
  t.equal(chosen(engine, from('2001:db8:4::1', opt(18, [1, 2]))), '4', 'by an interface-id of nobody');
  t.equal(chosen(engine, from('::', opt(18, [1, 2, 3]))), '2');
  t.equal(chosen(engine, from('2001:db8:77::1')), undefined, 'a relay of no subnet');
  t.equal(chosen(engine, from('::')), '1', 'a relay without an address is as good as none');
  t.equal(
    chosen(engine, relayed(from('2001:db8:4::1'), '2001:db8:99::1', 'fe80::2')),
    '4',
    'the nearest to the client',
  );
  t.equal(
    chosen(engine, relayed(from('fe80::1'), '2001:db8:4::1', 'fe80::2')),
    '4',
    'that has a global address',
  );
});

t.test('replies go back through the relays, with what these sent', async (t) => {
  const engine = new BenchEngine6(config6({ subnets: [home(4)] }));
  const once = relayed(
    message(solicit, 1, iaNa(1)),
    '2001:db8:4::1',
    'fe80::1',
    opt(18, [7]),
    opt(37, [0, 0, 0, 9, 1]),
  );
  const answer = engine.ask(relayed(once, '::', '2001:db8:4::1'))!;
  t.equal(answer.relays, 2);
  t.match(partsOf(answer), [/2001:db8:4::10/]);
  const hex = Buffer.from(answer.bytes).toString('hex');
  t.ok(hex.includes('0012000107'), 'interface-id');
  t.notOk(hex.includes('00250005'), 'remote-id is the relay’s own');
});

t.test('shared networks: another subnet when one is full, and leases of any of them', async (t) => {
  const sharedNetworks = [network('floor', { options: [option(23, ip6('2001:db8::53'))] })];
  const subnets = [1, 2].map((id) =>
    home(id, {
      networkName: 'floor',
      ...(id === 1 ? { interfaceName: 'eth0' } : {}),
      options: [option(32, Uint8Array.of(0, 0, 0, id))],
    }),
  );
  const engine = new BenchEngine6(config6({ subnets, sharedNetworks }));
  const ask = (client: number) => engine.ask(message(request, client, iaNa(1), oro(23, 32)))!;
  for (const client of [1, 2]) t.match(partsOf(ask(client)), [/2001:db8:1::1/, /^23=/, '32=00000001']);
  t.match(partsOf(ask(3)), [/2001:db8:2::10/, /^23=/, '32=00000002'], 'with the options of its subnet');
  const renewed = engine.ask(message(renew, 3, iaNa(1, iaAddress('2001:db8:2::10'))))!;
  t.match(partsOf(renewed), [/\[2001:db8:2::10 3000\/4000\]/]);
  t.match(partsOf(ask(4)), [/2001:db8:2::11/]);
  t.match(partsOf(ask(5)), ['na 1 0/0 [status 2]']);
  t.equal(engine.statistic('subnet[1].v6-allocation-fail-shared-network'), 1);
  t.equal(engine.statistic('subnet[2].assigned-nas'), 2);
});
