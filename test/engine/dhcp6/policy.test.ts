/** What the state machine allows: whose queries are served here, and what the peers are told of their leases. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { peer, relationship } from '../../ha/support/relationship.ts';
import { hashTwin } from '../../oracle/hash.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { config6, HOME, ip6, pdPool, pool, subnet } from './config.ts';
import { duid, iaAddress, iaNa, iaPd, iaPrefix, message, partsOf } from './messages.ts';

const { solicit, request, renew, release, decline, informationRequest } = MessageType;
const OUT_OF_SCOPE = 'tandem-drop-out-of-scope';
const PRIMARY = 1;
const SECONDARY = 2;
const CLIENTS = 40;
const PAIR = [relationship('load-balancing', 'server1')];

const both = message(
  request,
  7,
  iaNa(1, iaAddress('2001:db8:1::10')),
  iaPd(2, iaPrefix('2001:db8:8000::/56')),
);

t.test(
  '[scenario 57] with load balancing a client is that server`s which the hash of its DUID says',
  async (t) => {
    const engine = new BenchEngine6(config6({ relationships: PAIR }));
    for (const scopes of [PRIMARY, SECONDARY, PRIMARY | SECONDARY]) {
      engine.allow({ activeServers: 2, scopes });
      for (let client = 0; client < CLIENTS; client++) {
        const server = hashTwin(duid(client)) % 2 === 0 ? PRIMARY : SECONDARY;
        const fate = engine.send(message(solicit, client, iaNa(1)));
        t.equal(fate === OUT_OF_SCOPE, (scopes & server) === 0, `client ${client}, scopes ${scopes}`);
      }
    }
  },
);

t.test('[scenario 58] without load balancing all belong to the primary', async (t) => {
  const engine = new BenchEngine6(config6({ relationships: [relationship('hot-standby', 'server2')] }));
  engine.allow({ activeServers: 1, scopes: 0 });
  t.equal(engine.send(message(solicit, 1, iaNa(1))), OUT_OF_SCOPE);
  engine.allow({ activeServers: 1, scopes: PRIMARY });
  for (const client of [1, 2]) t.equal(engine.send(message(solicit, client, iaNa(1))), '');
});

t.test('INFORMATION-REQUEST asks for no lease: any server that is there answers it', async (t) => {
  const engine = new BenchEngine6(config6({ relationships: PAIR }));
  for (const activeServers of [1, 2] as const) {
    engine.allow({ activeServers, scopes: 0 });
    for (const client of [1, 2, 3, 4]) t.ok(engine.ask(message(informationRequest, client)), `${client}`);
  }
});

t.test('[scenario 57] the class of the server to which a query belongs opens its pool', async (t) => {
  const guarded = (server: string, range: string) => pool(range, { clientClasses: [`HA_${server}`] });
  const subnets = [
    {
      ...HOME,
      pools: [
        guarded('server1', '2001:db8:1::1000 - 2001:db8:1::1fff'),
        guarded('server2', '2001:db8:1::2000 - 2001:db8:1::2fff'),
      ],
    },
  ];
  const engine = new BenchEngine6(config6({ relationships: PAIR, subnets }));
  engine.allow({ activeServers: 2, scopes: PRIMARY | SECONDARY });
  for (let client = 0; client < CLIENTS; client++) {
    const [granted] = partsOf(engine.ask(message(solicit, client, iaNa(1)))!);
    const digit = hashTwin(duid(client)) % 2 === 0 ? '1' : '2';
    t.match(granted, new RegExp(`\\[2001:db8:1::${digit}[0-9a-f]{3} `), `client ${client}`);
  }
});

t.test('a hub asks the pair of the subnet, and leaves alone what is of none', async (t) => {
  const pairOf = (first: string, second: string) =>
    relationship('load-balancing', first, { peers: [peer(first, 'primary'), peer(second, 'secondary')] });
  const at = (id: number, haServerName: string | null) =>
    subnet(id, `2001:db8:${id}::/64`, {
      interfaceName: `eth${id}`,
      haServerName,
      pools: [pool(`2001:db8:${id}::10 - 2001:db8:${id}::ff`)],
    });
  const engine = new BenchEngine6(
    config6({
      relationships: [pairOf('server1', 'server2'), pairOf('server3', 'server4')],
      subnets: [at(1, 'server1'), at(2, 'server3'), at(3, null)],
    }),
  );
  engine.allow({ activeServers: 1, scopes: PRIMARY, updateMode: UpdateMode.record }, 0);
  engine.allow({ activeServers: 1, scopes: 0 }, 1);
  const way = (id: number) => ({ arrival: { interfaceName: `eth${id}` } });
  t.equal(engine.send(message(request, 1, iaNa(1)), way(1)), '');
  t.equal(engine.send(message(request, 1, iaNa(1)), way(2)), OUT_OF_SCOPE);
  t.equal(engine.send(message(request, 1, iaNa(1)), way(3)), 'tandem-drop-no-relationship');
  engine.allow({ activeServers: 1, scopes: 0, updateMode: UpdateMode.record }, 0);
  engine.allow({ activeServers: 1, scopes: PRIMARY, updateMode: UpdateMode.record }, 1);
  t.equal(engine.send(message(request, 1, iaNa(1)), way(1)), OUT_OF_SCOPE);
  t.equal(engine.send(message(request, 1, iaNa(1)), way(2)), '');
  for (const [index, id] of [
    [0, 1],
    [1, 2],
  ] as const)
    t.match(engine.updates(index), [{ address: `2001:db8:${id}::10/128`, isLast: true }], `pair ${index}`);
});

t.test(
  '[scenario 39] an address and a prefix are one transaction, the last of its records says so',
  async (t) => {
    const engine = new BenchEngine6(config6());
    engine.send(both);
    engine.makeDurable();
    t.equal(engine.replies().length, 1);
    t.same(engine.updates(), [], 'nobody is to know of it');
    for (const updateMode of [UpdateMode.record, UpdateMode.await]) {
      const isAwaited = updateMode === UpdateMode.await;
      engine.allow({ updateMode });
      engine.clock.pass(10);
      engine.send(
        message(renew, 7, iaNa(1, iaAddress('2001:db8:1::10')), iaPd(2, iaPrefix('2001:db8:8000::/56'))),
      );
      engine.makeDurable();
      t.equal(engine.replies().length, isAwaited ? 0 : 1, 'with a partner, the disk is not enough');
      const updates = engine.updates();
      t.match(updates, [
        { address: '2001:db8:1::10/128', isAwaited, isLast: false, isUpdate: true, state: 0 },
        { address: '2001:db8:8000::/56', isAwaited, isLast: true, isUpdate: true, state: 0 },
      ]);
      t.equal(updates[0]?.transaction, updates[1]?.transaction);
    }
  },
);

t.test('[scenarios 38, 48] what is released or declined is recorded, an offer is not', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.allow({ updateMode: UpdateMode.record });
  engine.ask(message(solicit, 7, iaNa(1), iaPd(2)));
  t.same(engine.updates(), []);
  engine.ask(both);
  const granted = engine.updates();
  engine.ask(message(decline, 7, iaNa(1, iaAddress('2001:db8:1::10'))));
  engine.ask(message(release, 7, iaPd(2, iaPrefix('2001:db8:8000::/56'))));
  t.equal(granted.length, 2);
  t.match(engine.updates(), [
    { address: '2001:db8:1::10/128', state: LeaseState.declined, isLast: true },
    { address: '2001:db8:8000::/56', isLast: true },
  ]);
});

t.test('the time of a lease never goes back, and goes on where it changes hands in one second', async (t) => {
  const range = '2001:db8:1::10 - 2001:db8:1::10';
  const engine = new BenchEngine6(
    config6({ subnets: [{ ...HOME, pools: [pool(range)], pdPools: [pdPool('2001:db8:8000::/56', 56)] }] }),
  );
  engine.allow({ updateMode: UpdateMode.record });
  const startSec = engine.clock.wallSec();
  engine.ask(both);
  engine.clock.set(-5);
  engine.ask(
    message(renew, 7, iaNa(1, iaAddress('2001:db8:1::10')), iaPd(2, iaPrefix('2001:db8:8000::/56'))),
  );
  engine.clock.set(5);
  t.same(
    engine.updates().map(({ clttSec }) => clttSec - startSec),
    [0, 0, 0, 0],
  );
  engine.ask(
    message(release, 7, iaNa(1, iaAddress('2001:db8:1::10')), iaPd(2, iaPrefix('2001:db8:8000::/56'))),
  );
  engine.ask(message(request, 8, iaNa(1), iaPd(2)));
  const updates = engine.updates();
  t.match(
    updates.slice(-2).map(({ address, clttSec }) => `${address} ${clttSec - startSec}`),
    ['2001:db8:1::10/128 1', '2001:db8:8000::/56 1'],
    'after the lease of the client that had it in this very second',
  );
});

t.test('a DUID that is longer than the partner can hold gets no lease, and is counted', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.allow({ clientIdBytesMax: 128 });
  const client = (bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => (at === 1 ? 4 : at));
  t.equal(engine.send(message(request, client(128), iaNa(1))), '');
  t.equal(engine.send(message(request, client(129), iaNa(1))), 'tandem-drop-partner-cannot-hold');
  engine.makeDurable();
  t.equal(engine.replies().length, 1);
  t.equal(engine.statistic('tandem-drop-partner-cannot-hold'), 1);
  t.equal(engine.statistic('assigned-nas'), 1);
  t.equal(engine.context.book.table.findByAddress(ip6('2001:db8:1::11'), 0) < 0, true);
});
