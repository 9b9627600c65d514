/** Clients that can do without IPv4 get option 108 and no address, where their subnet says so. [RFC8925 3.3] */
import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { packet, type Reply } from '../packets.ts';
import { discover, lease, mac, renew, request, serverFor } from '../queries.ts';

const V6_ONLY = { name: 'v6-only-preferred', data: '1800' };
const ASKS = [55, [1, 3, 108]] as const;
const subnet = (id: number, more: object = {}) => ({
  id,
  subnet: `10.0.${id}.0/24`,
  pools: [{ pool: `10.0.${id}.10 - 10.0.${id}.20` }],
  relay: { 'ip-addresses': id === 1 ? ['127.0.0.1'] : [] },
  ...more,
});
const ON_SUBNET = { subnet4: [subnet(1, { 'option-data': [V6_ONLY] })] };
const network = (more: object, subnets: object[]) => ({
  subnet4: [],
  'shared-networks': [{ name: 'n', ...more, subnet4: subnets }],
});

function isWithout(reply: Reply | null): boolean {
  const has = (code: number): boolean => reply?.options.has(code) ?? false;
  return reply?.yiaddr === '0.0.0.0' && has(108) && ![1, 51, 58, 59].some(has);
}

t.test('every message that asks for an address gets none', async (t) => {
  const server = serverFor(t, { ...ON_SUBNET, 'renew-timer': 10 });
  const offer = server.ask(discover(1, [ASKS]));
  t.equal(offer?.type, MessageType.offer);
  t.ok(isWithout(offer));
  t.same([...offer!.options.get(108)!], [0, 0, 7, 8]);
  for (const [what, query] of [
    ['SELECTING', request(1, '10.0.1.12', [ASKS])],
    ['renewing', renew(1, '10.0.1.12', [ASKS])],
    [
      'INIT-REBOOT',
      packet({ type: MessageType.request, mac: mac(1), options: [[50, [10, 0, 1, 12]], ASKS] }),
    ],
  ] as const) {
    const reply = server.ask(query);
    t.equal(reply?.type, MessageType.ack, what);
    t.ok(isWithout(reply), what);
  }
  t.equal(server.book.table.count(), 0, 'no lease, and nothing on offer');
});

t.test('who does not ask gets an address, and a lease is left until it ends', async (t) => {
  const server = serverFor(t, ON_SUBNET);
  t.equal(lease(server, 1).yiaddr, '10.0.1.10');
  t.ok(isWithout(server.ask(renew(1, '10.0.1.10', [ASKS]))));
  t.equal(server.lease('10.0.1.10')?.state, 0);
  t.equal(
    server.ask(discover(2, [[108, [0, 0, 0, 1]]]))?.yiaddr,
    '10.0.1.11',
    'the option itself asks for nothing',
  );
});

t.test('the network, or another subnet of it that is open, says so too', async (t) => {
  const own = serverFor(t, network({ 'option-data': [V6_ONLY] }, [subnet(1), subnet(2)]));
  t.ok(isWithout(own.ask(discover(1, [ASKS]))));
  const sibling = serverFor(
    t,
    network({}, [
      subnet(1),
      subnet(2, { 'option-data': [V6_ONLY, { name: 'domain-name', data: 'two', 'always-send': true }] }),
    ]),
  );
  const reply = sibling.ask(discover(1, [ASKS]));
  t.ok(isWithout(reply));
  t.equal(Buffer.from(reply!.options.get(15)!).toString(), 'two', 'its options are those that are sent');
  const closed = serverFor(t, {
    'client-classes': [{ name: 'never', test: 'option[200].exists' }],
    ...network({}, [subnet(1), subnet(2, { 'client-classes': ['never'], 'option-data': [V6_ONLY] })]),
  });
  t.equal(closed.ask(discover(1, [ASKS]))?.yiaddr, '10.0.1.10');
});

t.test('elsewhere it is an option beside an address', async (t) => {
  const option = { 'option-data': [V6_ONLY] };
  const pool = { pools: [{ pool: '10.0.1.10 - 10.0.1.20', ...option }] };
  const host = { reservations: [{ 'hw-address': mac(1), ...option }] };
  const always = { 'client-classes': [{ name: 'all', test: "member('ALL')", ...option }] };
  for (const [where, settings] of [
    ['global', { ...option, subnet4: [subnet(1)] }],
    ['a class', { ...always, subnet4: [subnet(1)] }],
    ['a pool', { subnet4: [subnet(1, pool)] }],
    ['a host', { subnet4: [subnet(1, host)] }],
  ] as const) {
    const reply = serverFor(t, settings).ask(discover(1, [ASKS]));
    t.equal(reply?.yiaddr, '10.0.1.10', where);
    t.ok(reply?.options.has(108), where);
  }
});

t.test('an option that the client is not sent leaves it its address', async (t) => {
  const withClass = { 'client-classes': [{ name: 'phones', test: 'option[60].exists' }] };
  const never = serverFor(t, {
    subnet4: [subnet(1, { 'option-data': [{ ...V6_ONLY, 'never-send': true }] })],
  });
  t.equal(never.ask(discover(1, [ASKS]))?.yiaddr, '10.0.1.10');
  const tagged = { ...V6_ONLY, 'client-classes': ['phones'] };
  const some = serverFor(t, { ...withClass, subnet4: [subnet(1, { 'option-data': [tagged] })] });
  t.equal(some.ask(discover(1, [ASKS]))?.yiaddr, '10.0.1.10');
  t.ok(isWithout(some.ask(discover(2, [ASKS, [60, [97]]]))));
});
