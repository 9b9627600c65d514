/** What formats of the forensic log make of a message and of its reply: of each lease a text of its own. */
import t from 'tap';
import { formatIpv6 } from '../../../../src/base/ipv6-text.ts';
import { parseConfig6 } from '../../../../src/config/load6.ts';
import { MessageType, StatusCode } from '../../../../src/dhcp6/codes.ts';
import { Listening } from '../../../../src/engine/leases/lease-events.ts';
import { parseLeaseEvent6 } from '../../../../src/events/dhcp6/parse.ts';
import { EventReader } from '../../../../src/events/reader.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, message, opt, relayed, word } from '../messages.ts';

const { request, renew, release, decline } = MessageType;
const A = '2001:db8:1::1000';
const B = '2001:db8:1::1001';
const PREFIX = '2001:db8:8000::/56';
/** Each IA from its IAID on, in hexadecimal digits. */
const IAS = "hexstring(option[3].hex, '') + '|' + hexstring(option[25].hex, '')";
const TYPE = "substring(hexstring(pkt6.msgtype, ''), 7, 1)";

function engineFor(request: string, response: string, more: object[] = []): BenchEngine6 {
  const formats = { path: '/tmp', 'request-parser-format': request, 'response-parser-format': response };
  const Dhcp6 = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: false },
    'hooks-libraries': [{ library: 'libdhcp_legal_log.so', parameters: formats }, ...more],
    'preferred-lifetime': 16,
    'valid-lifetime': 32,
    subnet6: [
      {
        id: 1,
        subnet: '2001:db8:1::/64',
        interface: 'eth0',
        pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::1fff' }],
        'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56 }],
      },
    ],
  };
  const result = parseConfig6(JSON.stringify({ Dhcp6 }), 'kea.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return new BenchEngine6(result.config, { listening: Listening.queries });
}

type Told = readonly [address: string, request: string | null, response: string | null];

/** The texts about the leases of all events, in their order. */
function heard(engine: BenchEngine6): Told[] {
  const told: Told[] = [];
  const reader = new EventReader(engine.eventMemory, {
    durable: () => 0,
    parse: parseLeaseEvent6,
    take: ({ texts }) => {
      for (const [{ address }, { request, response }] of texts)
        told.push([formatIpv6(address), request, response]);
    },
  });
  reader.close();
  return told;
}

const hexOf = (octets: readonly number[]): string => Buffer.from(octets).toString('hex');
/** An IA as an expression sees it, without its times. */
const seen = (iaid: number, ...options: (readonly number[])[]): string =>
  hexOf([...word(iaid), ...word(0), ...word(0), ...options.flat()]);

t.test('of all leases of a message a text sees the one that it is about', async (t) => {
  const engine = engineFor(`${TYPE} + ' ' + ${IAS}`, `${TYPE} + ' ' + ${IAS}`);
  const given = (address: string) => iaAddress(address, 16, 32);
  engine.ask(message(request, 1, iaNa(1), iaPd(2), iaNa(3)));
  t.same(heard(engine), [
    [A, '3 |', `7 ${seen(1, given(A))}|`],
    ['2001:db8:8000::', '3 |', `7 |${seen(2, iaPrefix(PREFIX, 16, 32))}`],
    [B, '3 |', `7 ${seen(3, given(B))}|`],
  ]);
  const status = opt(13, [0, StatusCode.success, 0x61]);
  engine.clock.pass(10);
  engine.ask(
    message(
      renew,
      1,
      iaNa(3, opt(99, [1]), iaAddress(A), iaAddress(B), status, opt(4, [2])),
      iaPd(2, status),
    ),
  );
  t.same(
    heard(engine).find(([address]) => address === B),
    [B, `5 ${seen(3, opt(4, [2]), iaAddress(B), opt(99, [1]), status)}|`, `7 ${seen(3, given(B))}|`],
    'what stands beside the lease stays, in front of it and behind it by its code; other addresses do not',
  );
  engine.ask(message(release, 1, iaPd(2, iaPrefix(PREFIX)), iaNa(1, iaAddress(A))));
  t.same(heard(engine), [
    ['2001:db8:8000::', `8 |${seen(2, iaPrefix(PREFIX))}`, '7 |'],
    [A, `8 ${seen(1, iaAddress(A))}|`, '7 |'],
  ]);
  engine.ask(message(decline, 1, iaNa(3, iaAddress(B))));
  t.same(heard(engine), [[B, `9 ${seen(3, iaAddress(B))}|`, '7 |']], 'also when it is nobody’s by then');
});

t.test('inside of an identity association: the lease, or all of it', async (t) => {
  const lease = "hexstring(option[3].option[5].hex, '') + '|' + hexstring(option[25].option[26].hex, '')";
  const others =
    "ifelse(option[3].option[13].exists, hexstring(option[3].option[13].hex, ''), '-') + " +
    "ifelse(option[25].option[5].exists, hexstring(option[25].option[5].hex, ''), '-')";
  const engine = engineFor(others, lease);
  engine.ask(message(request, 1, iaNa(1, iaAddress(A)), iaPd(2)));
  const address = iaAddress(A, 16, 32).slice(4);
  t.same(heard(engine), [
    [A, `${seen(1, iaAddress(A))}-`, `${hexOf(address)}|`],
    ['2001:db8:8000::', '--', `|${hexOf(iaPrefix(PREFIX, 16, 32).slice(4))}`],
  ]);
});

t.test('what relays have put around a message, and what they get around its reply', async (t) => {
  const relays = (level: number) =>
    `addrtotext(relay6[${level}].peeraddr) + ' ' + hexstring(relay6[${level}].option[18].hex, '') + ' ' + ` +
    `hexstring(relay6[${level}].option[37].hex, '')`;
  const both = `${relays(0)} + ', ' + ${relays(1)} + ' ' + addrtotext(pkt.src) + ' ' + addrtotext(pkt.dst) + ' ' + `;
  const format = `${both} pkt.iface + ' ' + uint32totext(pkt6.transid) + ifelse(member('ALL'), ' all', ' none')`;
  const engine = engineFor(format, `${format} + ' ' + uint32totext(pkt.len)`);
  const near = relayed(
    message(request, 1, iaNa(1)),
    '2001:db8:1::1',
    'fe80::9',
    opt(18, [1, 2]),
    opt(37, [0, 0, 0, 3, 7]),
  );
  const query = relayed(near, '::', 'fe80::5', opt(37, [0, 0, 0, 4, 5]), opt(18, [6]));
  const reply = engine.ask(query)!;
  const ends = 'fe80::200:ff:fe00:1 ff02::1:2 eth0 11259375';
  const [[, ofQuery, ofReply] = []] = heard(engine);
  t.equal(ofQuery, `fe80::5 06 0000000405, fe80::9 0102 0000000307 ${ends} all`);
  t.match(ofReply, `fe80::5 06 , fe80::9 0102  ${ends} none `);
  t.equal(Number(ofReply?.split(' ').at(-1)), reply.bytes.length);
});

t.test('the identity association that stands for all of a client is found whatever its number', async (t) => {
  const flexId = {
    library: 'libdhcp_flex_id.so',
    parameters: { 'identifier-expression': 'option[1].hex', 'replace-client-id': true, 'ignore-iaid': true },
  };
  const engine = engineFor(IAS, IAS, [flexId]);
  engine.ask(message(request, 1, iaNa(7)));
  t.same(heard(engine), [[A, '|', `${seen(7, iaAddress(A, 16, 32))}|`]]);
});

t.test('a text that cannot be made is none, and is counted for each lease', async (t) => {
  const engine = engineFor('addrtotext(option[1].hex)', "'x'");
  engine.ask(message(request, 1, iaNa(1), iaNa(2)));
  t.same(heard(engine), [
    [A, null, 'x'],
    [B, null, 'x'],
  ]);
  t.equal(engine.statistic('tandem-legal-log-errors'), 2);
});
