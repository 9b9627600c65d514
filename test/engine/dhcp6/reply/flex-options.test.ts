/** What the flex_option library does to replies of DHCPv6: options, and options inside of options, by expressions of the query. */
import t from 'tap';
import { parseConfig6 } from '../../../../src/config/load6.ts';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { iaNa, iaPd, message, opt, partsOf, type Reply6, relayed } from '../messages.ts';

type Entry = Readonly<Record<string, unknown>>;

const { solicit, request, informationRequest } = MessageType;
const hex = (text: string): string => Buffer.from(text).toString('hex');
const user = (text: string) => opt(15, [0, text.length, ...Buffer.from(text)]);
/** The client is of another vendor too. */
const NINE = opt(17, [0, 0, 0, 9]);
/** Eight times the user class. */
const LONG = Array.from({ length: 8 }).reduce<string>((all) => `concat(${all}, option[15].hex)`, "''");
const ANYBODY = 'not option[250].exists';

function textOf(options: readonly Entry[], more: Entry): string {
  const Dhcp6 = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: false },
    'hooks-libraries': [{ library: 'libdhcp_flex_option.so', parameters: { options } }],
    'option-data': [
      { name: 'dns-servers', data: '2001:db8::53', 'always-send': true },
      { name: 'domain-search', data: 'example', 'always-send': true },
      { name: 'vendor-opts', data: '4491', 'always-send': true },
      { name: 'tftp-servers', space: 'vendor-4491', data: '2001:db8::69', 'always-send': true },
      { code: 7, space: 'vendor-9', data: '07', 'csv-format': false, 'always-send': true },
    ],
    subnet6: [
      {
        id: 1,
        subnet: '2001:db8:1::/64',
        interface: 'eth0',
        pools: [{ pool: '2001:db8:1::/80' }],
        'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56 }],
      },
    ],
    ...more,
  };
  return JSON.stringify({ Dhcp6 });
}

function engineFor(options: readonly Entry[], more: Entry = {}): BenchEngine6 {
  const result = parseConfig6(textOf(options, more), 'kea.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return new BenchEngine6(result.config);
}

/** The options of a code, in hexadecimal digits. */
function data(reply: Reply6 | null, code: number): string[] {
  const start = `${code}=`;
  return reply!.options.filter((option) => option.startsWith(start)).map((each) => each.slice(start.length));
}

const ask = (engine: BenchEngine6, ...options: (readonly number[])[]): Reply6 | null =>
  engine.ask(message(informationRequest, 1, ...options));

t.test('add keeps what is there, supersede takes its place, remove takes it away', async (t) => {
  const engine = engineFor([
    { code: 23, add: "'other'" },
    { name: 'domain-search', supersede: 'option[15].hex' },
    { code: 59, add: "concat('http://', substring(option[15].hex, 2, all))" },
    { name: 'vendor-opts', remove: 'option[15].hex == 0x000178' },
    { code: 65_535, add: "'last'" },
  ]);
  const [plain, x] = [ask(engine, NINE), ask(engine, NINE, user('x'))];
  t.equal(data(plain, 23).join(), '20010db8000000000000000000000053');
  t.same(data(plain, 24), [hex('\x07example\0')], 'an empty value asks for nothing');
  t.same(data(plain, 59), [hex('http://')]);
  t.equal(data(plain, 17).length, 2);
  t.same(data(x, 24), [hex('\0\x01x')]);
  t.same(data(x, 59), [hex('http://x')]);
  t.same(data(x, 17), [], 'those of every enterprise');
  t.same(
    x!.options.map((option) => Number(option.split('=')[0])),
    [1, 2, 23, 24, 59, 65_535],
    'ascending by code',
  );
  t.equal(engine.statistic('tandem-flex-option-errors'), 0);
});

t.test('what a message is made of can be changed too, behind relays and in a grant', async (t) => {
  const engine = engineFor([
    { code: 2, remove: 'option[15].hex == 0x00026e6f' },
    { code: 3, remove: 'option[15].hex == 0x00026e6f' },
    { code: 7, add: '0xff' },
  ]);
  const grant = engine.ask(message(request, 1, iaNa(1), iaPd(2)))!;
  t.match(partsOf(grant).slice(0, 2), [/^na 1 .*2001:db8:1::/, '7=ff']);
  t.match(grant.options.at(-1), /^pd 2 .*2001:db8:8000::/);
  const far = engine.ask(relayed(message(solicit, 2, iaNa(1), user('no')), '2001:db8:1::1', 'fe80::1'))!;
  t.equal(far.relays, 1);
  t.equal(data(far, 2).length, 0);
  t.notOk(far.options.some((option) => option.startsWith('na ')));
  t.same(data(far, 7), ['ff']);
});

t.test('options inside of an option, of an enterprise and of a space', async (t) => {
  const inside = (code: number, ...subOptions: Entry[]): Entry => ({ code, 'sub-options': subOptions });
  const vendor = engineFor([
    inside(
      17,
      { code: 32, space: 'vendor-4491', add: "'no'" },
      { code: 33, space: 'vendor-4491', add: 'option[15].hex' },
      { code: 1, space: 'vendor-4491', supersede: "'one'" },
      { code: 7, space: 'vendor-9', remove: ANYBODY },
    ),
  ]);
  const tftp = '0020001020010db8000000000000000000000069';
  t.same(data(ask(vendor), 17), [`0000118b00010003${hex('one')}${tftp}`], 'an empty value asks for nothing');
  t.same(data(ask(vendor, user('u')), 17), [`0000118b00010003${hex('one')}${tftp}00210003${hex('\0\x01u')}`]);
  t.same(
    data(ask(vendor, NINE), 17),
    [`0000118b00010003${hex('one')}${tftp}`, '000000090007000107'],
    'of several enterprises the first one is changed',
  );
  const made = engineFor(
    [
      inside(17, { code: 33, space: 'vendor-4491', add: "'new'" }),
      inside(240, { code: 2, add: "'two'", 'csv-format': true }, { code: 1, supersede: "'one'" }),
      inside(241, { code: 1, space: 'inner', add: "'one'", 'container-add': false }),
      inside(3, { code: 99, space: 'dhcp6', add: "'far'" }),
    ],
    {
      'option-data': [],
      'option-def': [
        { name: 'headed', code: 240, type: 'uint16', encapsulate: 'inner' },
        { name: 'second', code: 2, type: 'string', space: 'inner' },
      ],
    },
  );
  const reply = made.ask(message(request, 1, iaNa(1)))!;
  t.same(data(reply, 17), [`0000118b00210003${hex('new')}`]);
  t.same(data(reply, 240), [`00010003${hex('one')}00020003${hex('two')}`]);
  t.same(data(reply, 241), []);
  t.match(reply.options.join(), `99=${hex('far')}]`, 'behind the address in the IA_NA');
});

t.test('entries for members of a class, and one that cannot be followed', async (t) => {
  const engine = engineFor(
    [
      { code: 240, add: "'member'", 'client-class': 'users' },
      { code: 241, add: "'nobody'", 'client-class': 'others' },
      { code: 242, add: 'addrtotext(option[15].hex)' },
      { code: 243, add: "'behind'" },
    ],
    { 'client-classes': [{ name: 'users', test: 'option[15].exists' }, { name: 'others' }] },
  );
  const reply = ask(engine, user('u'));
  t.same(
    [240, 241, 242, 243].map((code) => data(reply, code)),
    [[hex('member')], [], [], []],
    'what was done before stays',
  );
  t.equal(engine.statistic('tandem-flex-option-errors'), 1);
  t.same(data(ask(engine), 240), []);
});

t.test('a reply that becomes longer than its slot is not sent', async (t) => {
  const engine = engineFor([{ code: 240, add: LONG }]);
  const long = (octets: number) =>
    message(informationRequest, 1, opt(15, [0, octets - 2, ...new Uint8Array(octets - 2)]));
  t.equal(engine.send(long(1800)), 'tandem-drop-reply-too-large');
  t.equal(engine.send(long(200)), '');
  t.equal(data(engine.replies()[0]!, 240)[0]!.length / 2, 200 * 8);
});

t.test('what is wrong with an entry is said at its place', async (t) => {
  const placesOf = (entry: Entry): string[] => {
    const result = parseConfig6(textOf([entry], {}), 'kea.conf');
    return result.ok ? [] : result.problems.map(({ path }) => path);
  };
  const at = 'Dhcp6/hooks-libraries[0]/parameters/options[0]';
  t.same(placesOf({ code: 65_535, add: "'x'" }), []);
  t.same(placesOf({ code: 0, add: "'x'" }), [`${at}/code`]);
  t.same(placesOf({ code: 65_536, add: "'x'" }), [`${at}/code`]);
  t.same(placesOf({ code: 1, space: 'dhcp4', add: "'x'" }), [`${at}/space`]);
  t.same(placesOf({ name: 'routers', add: "'x'" }), [`${at}/name`]);
  t.same(placesOf({ code: 23, add: 'pkt4.mac' }), [`${at}/add`]);
  t.same(placesOf({ code: 17, 'sub-options': [{ code: 1, space: 'inner', add: "'x'" }] }), [
    `${at}/sub-options[0]/space`,
  ]);
});
