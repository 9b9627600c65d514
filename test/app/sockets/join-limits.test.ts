import t from 'tap';
import { joinLimitsOf, joinMaxOf } from '../../../src/app/sockets/join-limits.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { link } from '../links.ts';

const lo = link('lo', 1, ['127.0.0.1'], { isLoopback: true, mtu: 65_536 });
const card = (index: number, more = {}) => link(`eth${index}`, index, [], { cutsJoined: true, ...more });
const veth = link('veth0', 9, [], {});

t.test('auto joins where every interface that is up cuts, and on loopback in any case', async (t) => {
  const auto = (...links: readonly (typeof lo)[]) => joinLimitsOf('auto', links);
  t.same(auto(lo, card(2)), { loopback: 65_507, elsewhere: 1472 });
  t.same(
    auto(lo, card(2), card(3, { mtu: 9000 })),
    { loopback: 65_507, elsewhere: 1472 },
    'the smallest MTU',
  );
  t.same(auto(lo, card(2), veth), { loopback: 65_507, elsewhere: 0 }, 'a reply may leave by it');
  t.same(auto(lo, card(2), { ...veth, isUp: false }), { loopback: 65_507, elsewhere: 1472 });
  t.same(auto(lo), { loopback: 65_507, elsewhere: 0 });
  t.same(auto({ ...lo, mtu: 1000 }), { loopback: 972, elsewhere: 0 });
  t.same(auto(card(2, { mtu: 20 })), { loopback: 0, elsewhere: 0 });
});

t.test('always joins whatever the interfaces are, never nowhere', async (t) => {
  t.same(joinLimitsOf('always', [lo, card(2), veth]), { loopback: 65_507, elsewhere: 1472 });
  t.same(joinLimitsOf('never', [lo, card(2)]), { loopback: 0, elsewhere: 0 });
});

t.test('loopback are the addresses whose replies cannot leave the machine', async (t) => {
  const limits = { loopback: 2, elsewhere: 1 };
  const rows = { '127.0.0.1': 2, '127.255.255.255': 2, '126.255.255.255': 1, '128.0.0.0': 1, '10.0.0.1': 1 };
  for (const [address, wanted] of Object.entries(rows))
    t.equal(joinMaxOf(limits, parseIpv4(address)!), wanted, address);
});
