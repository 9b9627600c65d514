/** The limits library with DHCPv6: how many queries a subnet, a class, and what a template makes may send in a period. */
import t from 'tap';
import { parseConfig6 } from '../../../src/config/load6.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { iaNa, message, opt, relayed } from './messages.ts';

const { solicit, request, renew, informationRequest } = MessageType;

type Limits = Readonly<Record<string, unknown>>;
const limited = (limits: Limits) => ({ 'user-context': { limits } });
const rate = (text: string) => limited({ 'rate-limit': text });
const user = (text: string) => opt(15, [0, text.length, ...Buffer.from(text)]);

function textOf(ofSubnet: object, classes: readonly object[]): string {
  const Dhcp6 = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: false },
    'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
    'client-classes': classes,
    subnet6: [
      {
        id: 7,
        subnet: '2001:db8:1::/64',
        interface: 'eth0',
        pools: [{ pool: '2001:db8:1::/80' }],
        ...ofSubnet,
      },
      { id: 8, subnet: '2001:db8:2::/64', pools: [{ pool: '2001:db8:2::/80' }] },
    ],
  };
  return JSON.stringify({ Dhcp6 });
}

function engineFor(ofSubnet: object, classes: readonly object[] = []): BenchEngine6 {
  const result = parseConfig6(textOf(ofSubnet, classes), 'kea.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return new BenchEngine6(result.config);
}

const OVER = 'tandem-drop-rate-limit';

t.test('queries above the rate of their class are dropped, those of others are not', async (t) => {
  const engine = engineFor({}, [
    { name: 'users', test: 'option[15].exists', ...rate('2 packets per minute') },
    { name: 'all', test: 'not option[250].exists', ...rate('6 packets per minute') },
  ]);
  const ask = (type: number, client: number, ...more: (readonly number[])[]) =>
    engine.send(message(type, client, ...more));
  t.equal(ask(solicit, 1, iaNa(1), user('u')), '');
  t.equal(ask(informationRequest, 2, user('u')), '');
  t.equal(ask(request, 3, iaNa(1), user('u')), OVER);
  t.equal(engine.statistic('pkt6-limit-exceeded'), 1);
  for (let client = 4; client < 8; client++)
    t.equal(ask(solicit, client, iaNa(1)), '', 'a dropped one counts for none');
  t.equal(ask(solicit, 8, iaNa(1)), OVER);
  engine.clock.pass(61);
  t.equal(ask(request, 3, iaNa(1), user('u')), '', 'the period is over');
});

t.test('queries above the rate of the selected subnet are dropped, of whatever type', async (t) => {
  const engine = engineFor(rate('3 packets per hour'));
  t.equal(engine.send(message(solicit, 1, iaNa(1))), '');
  t.equal(engine.send(message(informationRequest, 2)), '');
  t.equal(engine.send(message(renew, 3, iaNa(1))), '');
  for (const type of [solicit, request, renew, informationRequest])
    t.equal(engine.send(message(type, 4, ...(type === informationRequest ? [] : [iaNa(1)]))), OVER);
  t.equal(engine.send(relayed(message(solicit, 5, iaNa(1)), '2001:db8:2::1', 'fe80::1')), '');
});

t.test('each class that a template makes has its own rate', async (t) => {
  const engine = engineFor({}, [
    { name: 'kind', 'template-test': 'option[15].hex', ...rate('1 packet per day') },
  ]);
  const ask = (client: number, kind: string) => engine.send(message(informationRequest, client, user(kind)));
  t.same([ask(1, 'a'), ask(2, 'b'), ask(1, 'a'), ask(3, 'b'), ask(1, 'c')], ['', '', OVER, OVER, '']);
  t.equal(engine.statistic('tandem-rate-limit-forgotten'), 0);
});

t.test('a rate that is none is an error', async (t) => {
  const placesOf = (rateLimit: string): string[] => {
    const result = parseConfig6(textOf(rate(rateLimit), []), 'kea.conf');
    return result.ok ? [] : result.problems.map(({ path }) => path);
  };
  t.same(placesOf('1 packet per moment'), ['Dhcp6/subnet6[0]/user-context/limits/rate-limit']);
  t.same(placesOf('1 packet per second'), []);
});
