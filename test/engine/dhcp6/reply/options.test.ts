/** The options of DHCPv6 replies: which scope wins, which are sent, those of vendors, and in which order. */
import t from 'tap';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { clientClass, config6, HOME, host, network, option, pdPool, pool, vendorOption } from '../config.ts';
import { duid, iaNa, iaPd, message, opt, oro, partsOf, type Reply6, word } from '../messages.ts';

const { solicit, request, confirm, release } = MessageType;
const parts = (answer: Reply6 | null) => answer && partsOf(answer);
const at = (scope: number) =>
  [32, 33, 34, 35, 36].slice(0, scope + 1).map((code) => option(code, Uint8Array.of(scope)));

t.test('host over pool over subnet over network over global; asked for, or sent in any case', async (t) => {
  const subnets = [
    { ...HOME, networkName: 'n', options: at(2), pools: [{ ...HOME.pools[0]!, options: at(1) }] },
  ];
  const sharedNetworks = [network('n', { options: at(3) })];
  const hosts = [host(1, 'duid', duid(1), { options: [option(32, Uint8Array.of(9))] })];
  const options = [
    ...at(4),
    option(40, Uint8Array.of(1), { alwaysSend: true }),
    option(41, Uint8Array.of(1), { alwaysSend: true, neverSend: true }),
  ];
  const engine = new BenchEngine6(config6({ subnets, sharedNetworks, hosts, options }));
  const ask = (client: number, ...codes: number[]) =>
    parts(engine.ask(message(solicit, client, iaNa(1), ...(codes.length > 0 ? [oro(...codes)] : []))))!.slice(
      1,
    );
  t.same(ask(2), ['40=01']);
  t.same(ask(2, 36, 35, 34, 33, 32, 41), ['32=01', '33=01', '34=02', '35=03', '36=04', '40=01']);
  t.same(ask(1, 32, 33), ['32=09', '33=01', '40=01']);
});

t.test('options of classes, and options for classes', async (t) => {
  const clientClasses = [clientClass('a', { options: [option(50, Uint8Array.of(1))] })];
  const options = [
    option(50, Uint8Array.of(2)),
    option(51, Uint8Array.of(3), { clientClasses: ['a'] }),
    option(52, Uint8Array.of(4), { clientClasses: ['ALL'] }),
  ];
  const engine = new BenchEngine6(config6({ clientClasses, options }));
  const answer = engine.ask(message(solicit, 1, oro(50, 51, 52)));
  t.same(parts(answer), ['50=02', '52=04'], 'nobody is in a class yet');
});

t.test('everything ascending by code, also in front of and behind identity associations', async (t) => {
  const options = [7, 12, 16, 23, 24, 31].map((code) =>
    option(code, Uint8Array.of(0, 0, 0, 1), { alwaysSend: true }),
  );
  const engine = new BenchEngine6(
    config6({
      options,
      subnets: [{ ...HOME, rapidCommit: true }],
      vendorOptions: [vendorOption(9, 1, Uint8Array.of(5), { alwaysSend: true })],
    }),
  );
  const answer = engine.ask(message(solicit, 1, iaPd(2), iaNa(1), opt(14), opt(16, [...word(9), 0, 1, 65])))!;
  const names = answer.options.map((text) => text.split(/[= ]/)[0]);
  t.same(names, ['1', '2', 'na', '7', '12', '14', '16', '17', '23', '24', 'pd', '31']);
});

t.test('what a server makes itself is not configured', async (t) => {
  const options = [1, 2, 3, 5, 13, 14, 25, 67].map((code) =>
    option(code, Uint8Array.of(1), { alwaysSend: true }),
  );
  const engine = new BenchEngine6(config6({ options }));
  t.equal(engine.ask(message(solicit, 1))!.options.length, 2);
});

t.test(
  'options of vendors: for clients that name the enterprise, and where an option 17 names it',
  async (t) => {
    const vendorOptions = [
      vendorOption(4491, 32, Uint8Array.of(1)),
      vendorOption(4491, 33, Uint8Array.of(2)),
      vendorOption(9, 1, Uint8Array.of(3), { alwaysSend: true }),
    ];
    const engine = new BenchEngine6(config6({ vendorOptions }));
    const asks = opt(17, [...word(4491), ...opt(1, [0, 33])]);
    t.same(parts(engine.ask(message(solicit, 1, asks))), ['17=0000118b0021000102']);
    t.same(parts(engine.ask(message(solicit, 1, opt(16, [...word(9), 0, 1, 65])))), [
      '17=000000090001000103',
    ]);
    t.same(parts(engine.ask(message(solicit, 1, asks, opt(17, word(9))))), [
      '17=000000090001000103',
      '17=0000118b0021000102',
    ]);
    t.same(parts(engine.ask(message(solicit, 1, oro(17)))), []);
    const named = new BenchEngine6(
      config6({ vendorOptions, options: [option(17, Uint8Array.from(word(4491)))] }),
    );
    t.same(parts(named.ask(message(solicit, 1, oro(17)))), ['17=0000118b'], 'without what nobody asks for');
    t.same(parts(named.ask(message(solicit, 1, asks))), ['17=0000118b0021000102']);
    t.same(parts(named.ask(message(solicit, 1))), []);
  },
);

t.test('options of pools of prefixes, and of replies without leases', async (t) => {
  const options = [option(60, Uint8Array.of(7), { alwaysSend: true })];
  const engine = new BenchEngine6(
    config6({ subnets: [{ ...HOME, pdPools: [pdPool('2001:db8:8000::/36', 56, { options })] }] }),
  );
  t.match(parts(engine.ask(message(request, 1, iaPd(1)))), [/^pd/, '60=07']);
  t.match(parts(engine.ask(message(request, 1, iaNa(1)))), [/^na/]);
  const always = new BenchEngine6(config6({ options }));
  t.same(
    parts(always.ask(message(release, 1, iaNa(1)))),
    ['na 1 0/0 [status 3]', 'status 3'],
    'none to a RELEASE',
  );
  const confirmed = message(confirm, 1, iaNa(1, [0, 5, 0, 24, ...HOME.prefix, ...word(0), ...word(0)]));
  t.same(parts(always.ask(confirmed)), ['status 0', '60=07']);
});

t.test('options of several pools, in the order of what the client gets of them', async (t) => {
  const says = (digit: number, ...codes: number[]) => ({
    options: codes.map((code) => option(code, Uint8Array.of(digit), { alwaysSend: true })),
  });
  const engine = new BenchEngine6(
    config6({
      subnets: [
        {
          ...HOME,
          ...says(9, 60, 61, 62, 63, 64),
          pools: [
            pool('2001:db8:1::10 - 2001:db8:1::10', says(2, 61, 62)),
            pool('2001:db8:1::20 - 2001:db8:1::21', says(3, 62, 63)),
          ],
          pdPools: [pdPool('2001:db8:0:8000::/49', 56, says(1, 60, 61))],
        },
      ],
    }),
  );
  const ask = (...ias: (readonly number[])[]) =>
    parts(engine.ask(message(request, 1, ...ias)))!.filter((part) => !/^[np]/.test(part));
  t.same(
    ask(iaNa(1), iaNa(2), iaPd(3)),
    ['60=01', '61=01', '62=02', '63=03', '64=09'],
    'the prefix is the lowest',
  );
  t.same(
    ask(iaNa(2), iaNa(1)),
    ['60=09', '61=02', '62=02', '63=03', '64=09'],
    'not in the order of the message',
  );
  t.same(ask(iaNa(2)), ['60=09', '61=09', '62=03', '63=03', '64=09']);
});

t.test('a reply that is too large: none, and no lease', async (t) => {
  const pools = [pool('2001:db8:1::1 - 2001:db8:1::fff')];
  const engine = new BenchEngine6(config6({ subnets: [{ ...HOME, pools }] }));
  const full = Array.from({ length: 127 }, (_, iaid) => iaNa(iaid));
  const answer = engine.send(message(request, 1, ...full.slice(0, 125)));
  t.equal(answer, 'tandem-drop-reply-too-large');
  t.equal(engine.context.book.table.count(), 0);
  t.same(engine.rows(), []);
  t.equal(parts(engine.ask(message(request, 1, ...full.slice(0, 40))))!.length, 40);
});
