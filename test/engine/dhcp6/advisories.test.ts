/** What has brought down DHCP servers elsewhere, in DHCPv6: identifiers of odd sizes, floods, and repetition without end. */
import t from 'tap';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { heapGrowth } from '../../support/heap.ts';
import { numbersFrom } from '../../support/numbers.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { config6, HOME, pool } from './config.ts';
import {
  duid,
  iaAddress,
  iaNa,
  iaPd,
  message,
  opt,
  oro,
  partsOf,
  type Reply6,
  relayed,
  SERVER_ID,
} from './messages.ts';

const { solicit, request, renew, rebind, release, decline, confirm, informationRequest } = MessageType;
const SMALL = config6({ subnets: [{ ...HOME, pools: [pool('2001:db8:1::10 - 2001:db8:1::1f')] }] });
const ADDRESSES = 16;

function hasAddress(reply: Reply6 | null): boolean {
  return reply !== null && partsOf(reply).some((part) => part.includes('2001:db8:1::'));
}

t.test('DUIDs of every length are served or dropped, and read from the file as they were', async (t) => {
  const engine = new BenchEngine6(config6());
  for (const octets of [0, 1, 2, 3, 4, 127, 128, 129, 130, 131, 255, 1000])
    for (const fill of [1, 0x2c, 0xff]) {
      const client = new Uint8Array(octets).fill(fill);
      const reply = engine.ask(message(request, client, iaNa(1)));
      const rows = engine.rows().map((row) => row.split(' ')[1]);
      const isServed = octets >= 3 && octets <= 130;
      t.equal(hasAddress(reply), isServed, `${octets} octets of ${fill}`, { diagnostic: false });
      t.same(rows, isServed ? [Buffer.from(client).toString('hex')] : []);
      if (isServed)
        engine.ask(
          message(release, client, iaNa(1, iaAddress(`${/2001:db8:1::\w+/.exec(partsOf(reply!)[0]!)}`))),
        );
      engine.rows();
    }
});

t.test('a flood of SOLICITs from clients that are none: bounded memory, and the offers end', async (t) => {
  const engine = new BenchEngine6(SMALL, { capacity: 512 });
  const { book } = engine.context;
  const chance = numbersFrom(20_261_129);
  for (let count = 0; count < 4_000; count++) {
    const client = Uint8Array.from({ length: 3 + chance(128) }, () => 1 + chance(255));
    engine.ask(message(solicit, client, iaNa(chance(4)), iaPd(1)));
  }
  t.ok(book.table.highWater() <= 512, `${book.table.highWater()} rows`);
  t.equal(engine.statistic('assigned-nas') + engine.statistic('assigned-pds'), 0, 'nobody has a lease');
  t.same(engine.rows(), [], 'and nothing is written');
  // All are promised to somebody, until they are not.
  engine.clock.pass(3_600);
  for (let client = 1; client <= ADDRESSES; client++)
    t.ok(hasAddress(engine.ask(message(request, client, iaNa(1)))), `client ${client}`, {
      diagnostic: false,
    });
  t.notOk(hasAddress(engine.ask(message(request, ADDRESSES + 1, iaNa(1)))), 'and then the pool is empty');
});

/** Thousands of queries, twice. TANDEM_SOAK_ROUNDS=5000 sees ten million. */
const SOAK_ROUNDS = Number(process.env['TANDEM_SOAK_ROUNDS'] ?? 40);
const PATIENCE_MS = 60_000 + SOAK_ROUNDS * 1_000;
t.setTimeout(PATIENCE_MS);

t.test(
  'exchanges without end, right and malformed ones: the heap stays as it is',
  { timeout: PATIENCE_MS },
  async (t) => {
    const engine = new BenchEngine6(config6());
    const chance = numbersFrom(7);
    const address = (client: number) => iaAddress(`2001:db8:1::${(0x10 + (client & 15)).toString(16)}`);
    const makers = [
      (client: number) => message(solicit, client, iaNa(1), iaPd(2), oro(23, 24)),
      (client: number) => message(request, client, iaNa(1), iaPd(2), opt(OptionCode.fqdn, [1, 1, 0x61, 0])),
      (client: number) => message(renew, client, iaNa(1, address(client))),
      (client: number) => message(rebind, client, iaNa(1, address(client))),
      (client: number) => message(confirm, client, iaNa(1, address(client))),
      (client: number) => message(release, client, iaNa(1, address(client))),
      (client: number) => message(decline, client, iaNa(1, address(client))),
      (client: number) => message(informationRequest, client, oro(23)),
      (client: number) =>
        relayed(message(request, client, iaNa(1)), '2001:db8:1::1', 'fe80::1', opt(18, [client])),
      (client: number) => message(request, client, opt(OptionCode.serverId, SERVER_ID)),
      (client: number) => message(solicit, client, opt(OptionCode.clientId, duid(2))).slice(0, client & 63),
    ];
    const queries = Array.from({ length: 3_300 }, (_, index) => makers[index % makers.length]!(chance(300)));
    const round = (): void => {
      for (let count = 0; count < 1_000; count++) engine.ask(queries[chance(queries.length)]!);
      engine.rows();
      engine.clock.pass(60);
    };
    // Less than one number for each query.
    const grown = heapGrowth(round, SOAK_ROUNDS);
    t.ok(grown < SOAK_ROUNDS * 5_000, `${grown} octets more after ${SOAK_ROUNDS} thousand queries`);
    for (const name of ['pkt6-receive-drop', 'declined-addresses', 'assigned-nas'])
      t.ok(Number.isSafeInteger(engine.statistic(name)) && engine.statistic(name) >= 0, name);
  },
);
