/** DHCPv6 exchanges end to end: what clients get for their identity associations. [RFC8415 18.3] */
import t from 'tap';
import { MessageType, OptionCode } from '../../../../src/dhcp6/codes.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, fixed, HOME, pdPool, pool, subnet } from '../config.ts';
import {
  duid,
  iaAddress,
  iaNa,
  iaPd,
  iaPrefix,
  message,
  opt,
  oro,
  partsOf,
  type Reply6,
} from '../messages.ts';

const { solicit, request, renew, rebind, release, decline, advertise, reply } = MessageType;

const hex = (number: number): string => Buffer.from(duid(number)).toString('hex');

function parts(answer: Reply6 | null): readonly string[] | null {
  return answer && partsOf(answer);
}

t.test('SOLICIT, REQUEST, RENEW, RELEASE with an address and a prefix', async (t) => {
  const engine = new BenchEngine6(config6());
  const offered = engine.ask(message(solicit, 7, iaPd(5), iaNa(3)))!;
  t.equal(offered.type, advertise);
  t.equal(offered.transactionId, 0xabcdef);
  const leases = [
    'na 3 1500/2400 [2001:db8:1::10 3000/4000]',
    'pd 5 1500/2400 [2001:db8:8000::/56 3000/4000]',
  ];
  t.same(offered.options, [`1=${hex(7)}`, '2=0003000102000000000' + '1', ...leases]);
  t.same(engine.rows(), [], 'an offer is not written down');
  t.equal(engine.state('2001:db8:1::10'), LeaseState.offered);

  engine.send(
    message(request, 7, iaNa(3, iaAddress('2001:db8:1::10')), iaPd(5, iaPrefix('2001:db8:8000::/56'))),
  );
  t.same(engine.replies(), [], 'the reply waits for its rows');
  const rows = [`2001:db8:1::10/128 ${hex(7)} 3 0 4000`, `2001:db8:8000::/56 ${hex(7)} 5 0 4000`];
  t.same(engine.rows(), rows);
  engine.makeDurable();
  const [granted] = engine.replies();
  t.equal(granted!.type, reply);
  t.same(parts(granted!), leases);
  t.equal(engine.statistic('assigned-nas'), 1);
  t.equal(engine.statistic('subnet[1].assigned-pds'), 1);
  t.equal(engine.statistic('cumulative-assigned-pds'), 1);

  engine.clock.pass(1500);
  for (const type of [renew, rebind]) {
    const extended = engine.ask(
      message(type, 7, iaNa(3, iaAddress('2001:db8:1::10')), iaPd(5, iaPrefix('2001:db8:8000::/56'))),
    );
    t.same(parts(extended), leases);
    t.same(engine.rows(), rows);
  }
  t.equal(engine.statistic('assigned-nas'), 1);

  const gone = engine.ask(
    message(release, 7, iaNa(3, iaAddress('2001:db8:1::10')), iaPd(5, iaPrefix('2001:db8:8000::/56'))),
  );
  t.same(parts(gone), ['na 3 0/0 [status 0]', 'status 0', 'pd 5 0/0 [status 0]']);
  t.same(engine.rows(), [`2001:db8:1::10/128 ${hex(7)} 3 3 0`, `2001:db8:8000::/56 ${hex(7)} 5 3 0`]);
  t.equal(engine.statistic('assigned-nas'), 0);
  t.equal(engine.statistic('assigned-pds'), 0);

  const again = engine.ask(message(request, 7, iaNa(3)));
  t.same(parts(again), [leases[0]], 'what was released is kept for its client');
  t.equal(engine.statistic('assigned-nas'), 1);
});

t.test('several identity associations of each kind have a lease each, all or none', async (t) => {
  const engine = new BenchEngine6(config6());
  const four = [iaNa(1), iaNa(2), iaPd(1), iaPd(2)];
  const answer = engine.ask(message(request, 1, ...four));
  t.same(parts(answer), [
    'na 1 1500/2400 [2001:db8:1::10 3000/4000]',
    'na 2 1500/2400 [2001:db8:1::11 3000/4000]',
    'pd 1 1500/2400 [2001:db8:8000::/56 3000/4000]',
    'pd 2 1500/2400 [2001:db8:8000:100::/56 3000/4000]',
  ]);
  t.equal(engine.rows().length, 4);
  t.same(parts(engine.ask(message(solicit, 1, ...four))), parts(answer), 'the same again');

  const small = new BenchEngine6(config6(), { capacity: 3 });
  t.equal(small.send(message(request, 1, ...four)), 'tandem-drop-table-full');
  t.same(small.rows(), []);
  t.equal(small.context.book.table.count(), 0, 'nothing is half given');
  t.equal(small.statistic('assigned-nas'), 0);
  t.match(parts(small.ask(message(request, 1, iaNa(1), iaPd(1)))), [/3000.4000/, /3000.4000/]);
});

t.test('a log without room, and one that has room for some of the leases: nothing is given', async (t) => {
  const engine = new BenchEngine6(config6(), { changeLogBytes: 1 << 18 });
  t.equal(engine.send(message(request, 1, iaNa(1), iaNa(2), iaPd(1), iaPd(2))), 'tandem-drop-journal-full');
  t.equal(engine.context.book.table.count(), 0);
  t.same(engine.rows(), []);
  t.not(engine.ask(message(request, 1, iaNa(1))), null);
});

t.test('wishes: a free address, one of somebody else, one of no pool, lengths of prefixes', async (t) => {
  const home = { ...HOME, pdPools: [pdPool('2001:db8:8000::/40', 56), pdPool('2001:db8:9000::/40', 60)] };
  const engine = new BenchEngine6(config6({ subnets: [home] }));
  const na = (client: number, address: string): string =>
    parts(engine.ask(message(request, client, iaNa(1, iaAddress(address)))))![0]!;
  t.match(na(1, '2001:db8:1::15'), '[2001:db8:1::15 ');
  t.match(na(2, '2001:db8:1::15'), '[2001:db8:1::10 ');
  t.match(na(3, '2001:db8:1::1234'), '[2001:db8:1::11 ');
  t.match(na(4, '::'), '[2001:db8:1::12 ');
  const pd = (client: number, prefix: string): string =>
    parts(engine.ask(message(request, client, iaPd(1, iaPrefix(prefix)))))![0]!;
  t.match(pd(1, '::/60'), '[2001:db8:9000::/60 ');
  t.match(pd(2, '::/56'), '[2001:db8:8000::/56 ');
  t.match(pd(3, '::/58'), '[2001:db8:8000:100::/56 ', 'a larger one before a smaller one');
  t.match(pd(4, '::/48'), '[2001:db8:8000:200::/56 ');
  t.match(pd(5, '2001:db8:9000:120::/60'), '[2001:db8:9000:120::/60 ');
  t.match(pd(6, '2001:db8:9000:121::/60'), '/60 ', 'bits behind the prefix are no prefix');
});

t.test('lifetimes: wishes within bounds, preferred never above valid, timers that are set', async (t) => {
  const home = {
    ...HOME,
    validLifetime: { minSec: 1000, defaultSec: 2000, maxSec: 3000 },
    preferredLifetime: { minSec: 500, defaultSec: 1500, maxSec: 2500 },
  };
  const engine = new BenchEngine6(config6({ subnets: [home] }));
  const times = (preferred: number, valid: number): string =>
    parts(engine.ask(message(solicit, 1, iaNa(1, iaAddress('::', preferred, valid)))))![0]!;
  t.match(times(0, 0), '1500/2000]');
  t.match(times(100, 100), '500/1000]');
  t.match(times(9000, 9000), '2500/3000]');
  t.match(times(2400, 1000), '625/1000]');
  // [Kea] 2.2 and 3.0: bounds hold before the preferred lifetime is compared with the valid one.
  const short = {
    ...HOME,
    validLifetime: { minSec: 100, defaultSec: 4000, maxSec: 4000 },
    preferredLifetime: fixed(500),
  };
  const withShort = new BenchEngine6(config6({ subnets: [short] }));
  const unset = { ...short, preferredLifetime: fixed(0) };
  const withoutPreferred = new BenchEngine6(config6({ subnets: [unset] }));
  const timesOf = (server: BenchEngine6, preferred: number, valid: number): string =>
    parts(server.ask(message(solicit, 1, iaNa(1, iaAddress('::', preferred, valid)))))![0]!;
  t.match(timesOf(withShort, 200, 0), '500/4000]');
  t.match(timesOf(withShort, 0, 100), '62/100]');
  t.match(timesOf(withoutPreferred, 0, 0), '2500/4000]');
  t.match(timesOf(withoutPreferred, 200, 100), '62/100]', 'nothing is set that a wish could be within');
  const timed = { ...HOME, renewTimerSec: 100, rebindTimerSec: 200 };
  t.match(parts(new BenchEngine6(config6({ subnets: [timed] })).ask(message(solicit, 1, iaNa(1)))), [
    /^na 1 100\/200 /,
  ]);
  const late = { ...timed, renewTimerSec: 200 };
  t.match(parts(new BenchEngine6(config6({ subnets: [late] })).ask(message(solicit, 1, iaNa(1)))), [
    /^na 1 0\/200 /,
  ]);
  const endless = { ...HOME, validLifetime: fixed(0xffffffff), preferredLifetime: fixed(0) };
  const answer = parts(new BenchEngine6(config6({ subnets: [endless] })).ask(message(solicit, 1, iaNa(1))));
  t.match(answer![0], '4294967295/4294967295]');
});

t.test('rapid commit, where the subnet has it and the client asks for it', async (t) => {
  const rapid = opt(OptionCode.rapidCommit);
  const engine = new BenchEngine6(config6({ subnets: [{ ...HOME, rapidCommit: true }] }));
  const answer = engine.ask(message(solicit, 1, iaNa(1), rapid))!;
  t.equal(answer.type, reply);
  t.same(parts(answer), ['na 1 1500/2400 [2001:db8:1::10 3000/4000]', '14=']);
  t.equal(engine.rows().length, 1);
  t.equal(engine.ask(message(solicit, 2, iaNa(1)))!.type, advertise);
  t.same(parts(engine.ask(message(request, 2, iaNa(1))))!.length, 1, 'no option 14 in the next reply');
  t.equal(new BenchEngine6(config6()).ask(message(solicit, 1, iaNa(1), rapid))!.type, advertise);
});

t.test('pools that are full: statuses, offers that are taken back, leases that are over', async (t) => {
  const tight = subnet(1, '2001:db8:1::/64', {
    interfaceName: 'eth0',
    pools: [pool('2001:db8:1::10 - 2001:db8:1::10')],
    pdPools: [pdPool('2001:db8:8000::/56', 56)],
  });
  const engine = new BenchEngine6(config6({ subnets: [tight] }));
  engine.ask(message(solicit, 1, iaNa(1), iaPd(1)));
  const second = engine.ask(message(request, 2, iaNa(1), iaPd(1)));
  t.match(parts(second), [/2001:db8:1::10/, /2001:db8:8000::/], 'an offer makes way for a lease');
  const third = engine.ask(message(request, 3, iaNa(1), iaPd(1)));
  t.same(parts(third), ['na 1 0/0 [status 2]', 'pd 1 0/0 [status 6]']);
  t.equal(engine.statistic('v6-allocation-fail'), 2);
  t.equal(engine.statistic('subnet[1].v6-allocation-fail-subnet'), 2);
  const advertised = engine.ask(message(solicit, 3, iaNa(1), iaPd(1)))!;
  t.equal(advertised.type, advertise);
  engine.clock.pass(4001);
  t.match(parts(engine.ask(message(request, 3, iaNa(1), iaPd(1)))), [/2001:db8:1::10/, /2001:db8:8000::/]);
  t.equal(engine.statistic('assigned-nas'), 1);
  t.equal(engine.statistic('reclaimed-leases'), 2);
});

t.test('a client finds its lease again, and is moved when it may not keep it', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.ask(message(request, 1, iaNa(1, iaAddress('2001:db8:1::1a'))));
  t.match(parts(engine.ask(message(solicit, 1, iaNa(1)))), [/2001:db8:1::1a/]);
  t.match(parts(engine.ask(message(request, 1, iaNa(1, iaAddress('2001:db8:1::1b'))))), [/2001:db8:1::1a/]);
  t.match(
    parts(engine.ask(message(request, 1, iaNa(2)))),
    [/2001:db8:1::10/],
    'another identity association',
  );

  // The pool is another one from here on; the lease is found in the table.
  const other = { ...HOME, pools: [pool('2001:db8:1::40 - 2001:db8:1::4f')] };
  const moved = new BenchEngine6(config6({ subnets: [other] }));
  engine.rows();
  const { record } = moved.context;
  const row = engine.context.book.recordOf(0);
  Object.assign(record, row);
  t.ok(moved.context.book.write({ ...row }, moved.clock.wallSec()) >= 0);
  const renewed = moved.ask(message(renew, 1, iaNa(1, iaAddress('2001:db8:1::1a'))));
  t.same(parts(renewed), ['na 1 1500/2400 [2001:db8:1::40 3000/4000 2001:db8:1::1a 0/0]']);
  t.equal(moved.state('2001:db8:1::1a'), null);
  t.same(
    moved.rows().map((text) => text.split(' ')[0]),
    ['2001:db8:1::1a/128', '2001:db8:1::40/128'],
  );
});

t.test('a wish for a length in a RENEW is no prefix that the client has in vain', async (t) => {
  const engine = new BenchEngine6(config6());
  const wished = engine.ask(message(renew, 7, iaPd(1, iaPrefix('::/56')), iaNa(1, iaAddress('::'))));
  t.same(parts(wished), [
    'na 1 1500/2400 [2001:db8:1::10 3000/4000 :: 0/0]',
    'pd 1 1500/2400 [2001:db8:8000::/56 3000/4000]',
  ]);
});

t.test('RENEW and REBIND of what is not there', async (t) => {
  const engine = new BenchEngine6(config6());
  const unknown = engine.ask(
    message(renew, 1, iaNa(1, iaAddress('2001:db8:1::77')), iaPd(1, iaPrefix('2001:db8::/56'))),
  );
  t.same(parts(unknown), [
    'na 1 1500/2400 [2001:db8:1::10 3000/4000 2001:db8:1::77 0/0]',
    'pd 1 1500/2400 [2001:db8:8000::/56 3000/4000 2001:db8::/56 0/0]',
  ]);
  t.same(engine.rows().length, 2);
  const nowhere = { arrival: { interfaceName: 'eth9', isUnicast: false } };
  t.same(parts(engine.ask(message(renew, 1, iaNa(1), iaPd(1)), nowhere)), [
    'na 1 0/0 [status 3]',
    'pd 1 0/0 [status 3]',
  ]);
  t.same(parts(engine.ask(message(rebind, 1, iaNa(1)), nowhere)), ['na 1 0/0 [status 3]']);
  t.equal(engine.send(message(rebind, 1, iaNa(1), iaPd(1)), nowhere), 'tandem-drop-no-subnet');
  t.same(parts(engine.ask(message(solicit, 1, iaNa(1), iaPd(1)), nowhere)), [
    'na 1 0/0 [status 2]',
    'pd 1 0/0 [status 6]',
  ]);
});

t.test('RELEASE of what the client does not have', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.ask(message(request, 1, iaNa(1)));
  engine.rows();
  const cases: [string, Uint8Array, string[]][] = [
    ['no address', message(release, 1, iaNa(1)), ['na 1 0/0 [status 3]', 'status 3']],
    [
      'unknown',
      message(release, 1, iaNa(1, iaAddress('2001:db8:1::99'))),
      ['na 1 0/0 [status 3]', 'status 3'],
    ],
    [
      'of another client',
      message(release, 2, iaNa(1, iaAddress('2001:db8:1::10'))),
      ['na 1 0/0 [status 3]', 'status 3'],
    ],
    [
      'of another IA',
      message(release, 1, iaNa(2, iaAddress('2001:db8:1::10'))),
      ['na 2 0/0 [status 3]', 'status 3'],
    ],
    [
      'an address as a prefix',
      message(release, 1, iaPd(1, iaPrefix('2001:db8:1::10/128'))),
      ['status 3', 'pd 1 0/0 [status 3]'],
    ],
  ];
  for (const [name, datagram, expected] of cases) t.same(parts(engine.ask(datagram)), expected, name);
  t.same(engine.rows(), []);
  t.equal(engine.statistic('assigned-nas'), 1);
  const some = message(release, 1, iaNa(1, iaAddress('2001:db8:1::99'), iaAddress('2001:db8:1::10')));
  t.same(
    parts(engine.ask(some)),
    ['na 1 0/0 [status 0]', 'status 0'],
    'what is not the client’s is passed over',
  );
  t.equal(engine.statistic('assigned-nas'), 0);
});

t.test('DECLINE: the address is kept from everybody for a while', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.ask(message(request, 1, iaNa(1), iaPd(1)));
  engine.rows();
  t.same(parts(engine.ask(message(decline, 2, iaNa(1, iaAddress('2001:db8:1::10'))))), [
    'na 1 0/0 [status 3]',
  ]);
  t.same(parts(engine.ask(message(decline, 1, iaNa(1)))), ['na 1 0/0 [status 3]']);
  const declined = engine.ask(
    message(decline, 1, iaNa(1, iaAddress('2001:db8:1::10')), iaPd(1, iaPrefix('2001:db8:8000::/56'))),
  );
  t.same(parts(declined), ['na 1 0/0 [status 0]'], 'of prefixes nothing is said');
  t.same(engine.rows(), ['2001:db8:1::10/128 000000 1 1 600']);
  t.equal(engine.statistic('declined-addresses'), 1);
  t.match(parts(engine.ask(message(request, 1, iaNa(1, iaAddress('2001:db8:1::10'))))), [/2001:db8:1::11/]);
});

t.test('the prefix that is left out, for who asks for it', async (t) => {
  const excluded = {
    prefix: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0x80, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0),
    prefixLength: 64,
  };
  const home = { ...HOME, pdPools: [pdPool('2001:db8:8000::/56', 56, { excluded })] };
  const engine = new BenchEngine6(config6({ subnets: [home] }));
  t.match(parts(engine.ask(message(solicit, 1, iaPd(1), oro(67)))), [/3000\/4000 \(67=407f\)\]$/]);
  t.match(parts(engine.ask(message(solicit, 1, iaPd(1)))), [/3000\/4000\]$/]);
});

t.test('a table full of offers: they make way for leases', async (t) => {
  const engine = new BenchEngine6(config6(), { capacity: 4 });
  for (let client = 1; client <= 6; client++) engine.ask(message(solicit, client, iaNa(1)));
  t.equal(engine.context.book.table.count(), 4);
  for (let client = 11; client <= 14; client++)
    t.match(parts(engine.ask(message(request, client, iaNa(1)))), [/3000.4000/]);
  t.equal(engine.statistic('assigned-nas'), 4);
  t.equal(engine.send(message(request, 15, iaNa(1))), 'tandem-drop-table-full');
});
