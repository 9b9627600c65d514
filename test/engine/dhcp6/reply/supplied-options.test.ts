/** Options that relays supply for their clients (RFC 6422). */
import t from 'tap';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, option } from '../config.ts';
import { iaNa, message, opt, oro, partsOf, type Reply6, relayed } from '../messages.ts';

const { solicit, release } = MessageType;
type Octets = readonly number[];

const LINK = '2001:db8:1::1';
const parts = (answer: Reply6 | null) => answer && partsOf(answer);
const supplies = (...options: Octets[]): Octets => opt(66, options.flat());
const engine = (relaySuppliedOptions: readonly number[] = [], more = {}): BenchEngine6 =>
  new BenchEngine6(config6({ relaySuppliedOptions, ...more }));

t.test('what the configuration allows stands in the reply, in the order of codes', async (t) => {
  const query = message(solicit, 1, iaNa(1));
  const all = supplies(opt(120, [1]), opt(110, [2]), opt(65, [3]), opt(2, [4]), opt(130, [5]));
  t.match(parts(engine([110, 120]).ask(relayed(query, LINK, 'fe80::1', all))), [
    /^na/,
    '65=03',
    '110=02',
    '120=01',
  ]);
  t.match(
    parts(engine().ask(relayed(query, LINK, 'fe80::1', all))),
    [/^na/, '65=03'],
    'only that of the registry',
  );
  t.match(parts(engine([2, 17, 25]).ask(relayed(query, LINK, 'fe80::1', all))), [/^na/, '65=03']);
  t.match(parts(engine([110]).ask(message(solicit, 1, iaNa(1), all))), [/^na/], 'a client is no relay');
  const ended = parts(engine([110]).ask(relayed(message(release, 1, iaNa(1)), LINK, 'fe80::1', all)));
  t.match(ended, [/^na/, 'status 3', '65=03', '110=02'], 'in every reply');
});

t.test('the nearest relay comes first, and the server before all of them', async (t) => {
  const near = relayed(message(solicit, 1), LINK, 'fe80::1', supplies(opt(110, [1]), opt(110, [2])));
  const both = relayed(near, '::', 'fe80::2', supplies(opt(110, [3]), opt(111, [4])));
  t.same(parts(engine([110, 111]).ask(both)), ['110=01', '111=04']);
  const own = { options: [option(110, Uint8Array.of(9))] };
  t.same(parts(engine([110, 111], own).ask(both)), ['110=01', '111=04'], 'as long as it sends its own');
  const asked = relayed(
    message(solicit, 1, oro(110)),
    LINK,
    'fe80::1',
    supplies(opt(110, [1]), opt(111, [4])),
  );
  t.same(parts(engine([110, 111], own).ask(asked)), ['110=09', '111=04']);
});

t.test('hostile relays: cut off, empty, of very many options', async (t) => {
  const ask = (...inside: Octets[]) =>
    parts(engine([110, 111]).ask(relayed(message(solicit, 1), LINK, 'fe80::1', supplies(...inside))));
  t.same(ask(), []);
  t.same(ask(opt(110, []), [0, 111, 0, 9, 1]), ['110=']);
  const allowed = Array.from({ length: 100 }, (_, i) => 200 + i);
  const many = supplies(...allowed.map((code) => opt(code, [])).reverse());
  const answer = parts(engine(allowed).ask(relayed(message(solicit, 1), LINK, 'fe80::1', many)))!;
  t.equal(answer.length, 64);
  t.same(answer, [...answer].sort());
});
