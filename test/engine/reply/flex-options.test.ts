/** What the flex_option library does to replies: options and sub-options by expressions of the query. */
import t, { type Test } from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import type { BenchServer } from '../bench-server.ts';
import type { Reply } from '../packets.ts';
import { discover, lease, type Options, request, serverFor } from '../queries.ts';

const octets = (text: string): number[] => [...Buffer.from(text)];
const host = (name: string): Options => [[12, octets(name)]];

type Entry = Readonly<Record<string, unknown>>;

function configured(options: readonly Entry[], more: Entry = {}): Record<string, unknown> {
  return {
    'hooks-libraries': [{ library: 'libdhcp_flex_option.so', parameters: { options } }],
    'option-data': [
      { code: 66, data: 'boot.example', 'always-send': true },
      { space: 'vendor-encapsulated-options-space', code: 2, data: '0202', 'csv-format': false },
      { space: 'vendor-encapsulated-options-space', code: 4, data: '04', 'csv-format': false },
      { code: 43, 'always-send': true, 'csv-format': false },
    ],
    ...more,
  };
}

function server(t: Test, options: readonly Entry[], more: Entry = {}): BenchServer {
  return serverFor(t, configured(options, more));
}

const hex = (reply: Reply | null, code: number): string | undefined => {
  const data = reply?.options.get(code);
  return data && Buffer.from(data).toString('hex');
};
const text = (reply: Reply | null, code: number): string | undefined => {
  const data = reply?.options.get(code);
  return data && Buffer.from(data).toString('latin1');
};

t.test('the example of the manual: a boot file by the name of the client', async (t) => {
  const add = "ifelse(option[host-name].exists,concat(option[host-name].text,'.boot'),'')";
  const own = server(t, [{ code: 67, add }]);
  t.equal(text(own.ask(discover(1, host('bob'))), 67), 'bob.boot');
  t.equal(text(own.ask(discover(2)), 67), undefined, 'an empty value adds nothing');
  t.equal(text(lease(own, 3, host('eve')), 67), 'eve.boot', 'in an ACK too');
  t.same(
    own.ask(discover(1, host('bob')))?.codes,
    [1, 12, 43, 51, 53, 54, 66, 67].sort((a, b) => (a === 53 ? -1 : b === 53 ? 1 : a - b)),
  );
});

t.test('add keeps what is there, supersede takes its place, remove takes it away', async (t) => {
  const own = server(t, [
    { code: 66, add: "'other'" },
    { name: 'tftp-server-name', supersede: "concat(option[12].hex, '.tftp')", comment: 'by name' },
    { code: 51, remove: "option[12].text == 'forever'" },
    { code: 54, remove: "option[12].text == 'nobody'" },
  ]);
  t.equal(text(own.ask(discover(1, host('a'))), 66), 'a.tftp');
  t.equal(text(own.ask(discover(1)), 66), '.tftp');
  t.ok(own.ask(discover(2))?.options.has(51));
  t.notOk(own.ask(discover(2, host('forever')))?.options.has(51));
  t.ok(own.ask(discover(2, host('forever')))?.options.has(54));
  t.notOk(own.ask(discover(2, host('nobody')))?.options.has(54));
});

t.test('entries for one option are followed in their order, options ascending', async (t) => {
  const own = server(t, [
    { code: 67, add: "'second'" },
    { code: 66, remove: "'a' == 'a'" },
    { code: 66, add: "'again'" },
    { code: 67, supersede: "''" },
  ]);
  const reply = own.ask(discover(1));
  t.equal(text(reply, 66), 'again');
  t.equal(text(reply, 67), 'second');
});

t.test('a class guards an entry, also one that nothing but the entry names', async (t) => {
  const classes = { 'client-classes': [{ name: 'phones', test: "option[60].hex == 'phone'" }] };
  const own = server(
    t,
    [
      { code: 67, add: "'phone.cfg'", 'client-class': 'phones' },
      { code: 224, add: "'known'", 'client-class': 'VENDOR_CLASS_phone' },
      { code: 225, add: "'never'", 'client-class': 'nobody' },
    ],
    classes,
  );
  const phone = own.ask(discover(1, [[60, octets('phone')]]));
  t.same(
    [67, 224, 225].map((code) => text(phone, code)),
    ['phone.cfg', 'known', undefined],
  );
  const other = own.ask(discover(2));
  t.same(
    [67, 224].map((code) => text(other, code)),
    [undefined, undefined],
  );
});

t.test('csv-format reads the value as the option is defined', async (t) => {
  const own = server(
    t,
    [
      { code: 6, supersede: "concat(addrtotext(pkt4.giaddr), ',10.0.0.8')", 'csv-format': true },
      { code: 119, add: "concat(option[12].text, '.example, example.org')", 'csv-format': true },
      { code: 230, add: "'7, \\,x'", 'csv-format': true },
    ],
    { 'option-def': [{ name: 'mine', code: 230, type: 'record', 'record-types': 'uint16,string' }] },
  );
  const reply = own.ask(discover(1, host('a')));
  t.equal(hex(reply, 6), '7f0000010a000008');
  t.equal(hex(reply, 119), Buffer.from('\x01a\x07example\0\x07example\x03org\0', 'latin1').toString('hex'));
  t.equal(hex(reply, 230), '00072c78');
});

t.test('an octet that is no text goes into a string as it is', async (t) => {
  const own = server(t, [{ code: 67, add: 'option[12].hex', 'csv-format': true }]);
  t.equal(hex(own.ask(discover(1, [[12, [0x61, 0xff, 0xe9]]])), 67), '61ffe9');
});

t.test(
  'a value that cannot be had ends the work; what was done before stays, and it is counted',
  async (t) => {
    const own = server(t, [
      { code: 66, supersede: "'done'" },
      { code: 67, add: 'addrtotext(option[12].hex)' },
      { code: 68, add: "'10.0.0.1'", 'csv-format': true },
    ]);
    const bad = own.ask(discover(1, host('abc')));
    t.same(
      [66, 67, 68].map((code) => hex(bad, code)),
      [Buffer.from('done').toString('hex'), undefined, undefined],
    );
    t.equal(own.statistic('tandem-flex-option-errors'), 1);
    const good = own.ask(discover(2, host('abcd')));
    t.same(
      [67, 68].map((code) => hex(good, code)),
      [Buffer.from('97.98.99.100').toString('hex'), '0a000001'],
    );
    t.equal(own.statistic('tandem-flex-option-errors'), 1);
  },
);

t.test('a long value goes out in parts; one that no datagram holds costs the reply', async (t) => {
  const long = Array.from({ length: 200 }, (_, i) => i & 127);
  const own = server(t, [{ code: 224, add: 'concat(option[12].hex, option[12].hex)' }]);
  const reply = own.ask(discover(1, [[12, long]]));
  t.same(
    reply?.codes.filter((code) => code === 224),
    [224, 224],
  );
  t.same([...(reply?.options.get(224) ?? [])], [...long, ...long]);
  const copies = Array.from({ length: 20 }, () => 'option[225].hex').join(' + ');
  const huge = server(t, [{ code: 224, add: copies }]);
  t.equal(
    huge.ask(
      discover(1, [
        [225, long],
        [225, long],
      ]),
    ),
    null,
  );
  t.equal(huge.statistic('tandem-drop-reply-too-large'), 1);
  t.equal(huge.ask(discover(2, [[225, long]]))?.options.get(224)?.length, 4000);
});

t.test('sub-options: added, replaced and removed in the options that hold them', async (t) => {
  const own = server(t, [
    {
      code: 43,
      'sub-options': [
        { code: 1, add: 'option[12].hex' },
        { code: 2, add: "'no'" },
        { code: 3, supersede: "'3'" },
        { code: 4, remove: 'option[12].exists' },
      ],
    },
  ]);
  t.equal(hex(own.ask(discover(1, host('h'))), 43), '010168020202020301330'.slice(0, -1));
  t.equal(hex(own.ask(discover(2)), 43), '02020202030133040104');
});

t.test(
  'a container that is missing is made, one that becomes empty removed, unless the entry says otherwise',
  async (t) => {
    const none = { 'option-data': [] };
    const added = [
      {
        code: 43,
        'sub-options': [
          { code: 1, add: "'a'" },
          { code: 2, supersede: "'b'" },
        ],
      },
    ];
    t.equal(hex(server(t, added, none).ask(discover(1)), 43), '010161020162');
    const careful = [{ code: 43, 'sub-options': [{ code: 1, add: "'a'", 'container-add': false }] }];
    t.equal(hex(server(t, careful, none).ask(discover(1)), 43), undefined);
    const yes = "'a' == 'a'";
    const emptied = [
      {
        code: 43,
        'sub-options': [
          { code: 2, remove: yes },
          { code: 4, remove: yes },
        ],
      },
    ];
    t.equal(hex(server(t, emptied).ask(discover(1)), 43), undefined);
    const kept = [
      {
        code: 43,
        'sub-options': [
          { code: 2, remove: yes },
          { code: 4, remove: yes, 'container-remove': false },
        ],
      },
    ];
    t.equal(hex(server(t, kept).ask(discover(1)), 43), '');
  },
);

t.test(
  'a sub-option of more than 251 octets is split, and its option between the parts, as by Kea',
  async (t) => {
    const octets = (length: number): number[] => Array.from({ length }, (_, i) => (i % 100) + 1);
    const entry = (length: number) => ({
      code: 43,
      'sub-options': [
        { code: 1, add: `substring(concat(option[225].hex, option[226].hex), 0, ${length})` },
        { code: 5, add: "'five'" },
      ],
    });
    /** What is in the option already, then one that is added behind. */
    const five = [2, 2, 2, 2, 4, 1, 4, 5, 4, ...Buffer.from('five')];
    const value = [...octets(255), ...octets(255)];
    for (const [length, parts] of [
      [251, [[1, 251, ...value.slice(0, 251)], five]],
      [
        252,
        [
          [1, 251, ...value.slice(0, 251)],
          [1, 1, value[251]!, ...five],
        ],
      ],
      [
        255,
        [
          [1, 251, ...value.slice(0, 251)],
          [1, 4, ...value.slice(251, 255), ...five],
        ],
      ],
      [
        510,
        [
          [1, 251, ...value.slice(0, 251)],
          [1, 251, ...value.slice(251, 502)],
          [1, 8, ...value.slice(502), ...five],
        ],
      ],
    ] as const) {
      const own = server(t, [entry(length)]);
      const query = discover(1, [
        [225, octets(255)],
        [226, octets(255)],
      ]);
      const reply = own.ask(query);
      t.same([...(reply?.options.get(43) ?? [])], parts.flat(), `${length} octets`);
      t.same(
        reply?.parts.get(43),
        parts.map((part) => part.length),
        `the parts of ${length} octets`,
      );
      t.equal(own.statistic('tandem-flex-option-errors'), 0);
    }
    const vendor = server(t, [
      { code: 125, 'sub-options': [{ space: 'vendor-4491', code: 1, add: 'option[225].hex' }] },
    ]);
    t.equal(vendor.ask(discover(1, [[225, octets(253)]]))?.options.get(125)?.length, 260);
    t.equal(vendor.ask(discover(2, [[225, octets(254)]]))?.options.get(125), undefined);
    t.equal(vendor.statistic('tandem-flex-option-errors'), 1, 'one octet says the length of all of a vendor');
  },
);

t.test('sub-options of a vendor stand behind its number', async (t) => {
  const vendor = { code: 125, 'sub-options': [{ space: 'vendor-4491', code: 42, supersede: "'tftp'" }] };
  t.equal(hex(server(t, [vendor]).ask(discover(1)), 125), '0000118b062a0474667470');
  const there = (enterprise: number): Entry => ({
    'option-data': [
      { space: `vendor-${enterprise}`, code: 11, data: '0a', 'csv-format': false, 'always-send': true },
      { space: `vendor-${enterprise}`, code: 42, data: '0b', 'csv-format': false, 'always-send': true },
      { code: 125, data: `${enterprise}`, 'always-send': true },
    ],
  });
  t.equal(hex(server(t, [vendor], there(4491)).ask(discover(1)), 125), '0000118b090b010a2a0474667470');
  t.equal(
    hex(server(t, [vendor], there(9)).ask(discover(1)), 125),
    '00000009060b010a2a010b',
    'of another vendor',
  );
});

t.test('the option of the relay can be changed, and stays the last', async (t) => {
  const own = server(t, [
    {
      code: 82,
      'sub-options': [
        { code: 1, remove: "'a' == 'a'" },
        { code: 9, add: "'z'" },
      ],
    },
    { code: 250, add: "'x'" },
  ]);
  const reply = own.ask(discover(1, [[82, [1, 1, 0x61, 2, 1, 0x62]]]));
  t.equal(hex(reply, 82), '02016209017a');
  t.equal(reply?.codes.at(-1), 82);
});

t.test('a NAK is a reply like the others', async (t) => {
  const own = server(t, [{ code: 56, add: "'go away'" }]);
  const taken = lease(own, 1).yiaddr;
  const reply = own.ask(request(2, taken));
  t.equal(reply?.type, 6);
  t.equal(text(reply, 56), 'go away');
});

const FAULTS: readonly (readonly [what: string, entry: Entry, path: string])[] = [
  ['an expression with a fault', { code: 67, add: "concat('a'" }, '/add'],
  ['a test as a value', { code: 67, add: "'a' == 'a'" }, '/add'],
  ['a value as a test', { code: 67, remove: "'a'" }, '/remove'],
  ['no expression', { code: 67, add: '' }, '/add'],
  ['no action', { code: 67 }, ''],
  ['two actions', { code: 67, add: "'a'", remove: "'a' == 'a'" }, ''],
  ['no option', { add: "'a'" }, ''],
  ['an unknown name', { name: 'boot-file', add: "'a'" }, '/name'],
  ['a name and a code that differ', { name: 'boot-file-name', code: 66, add: "'a'" }, '/code'],
  ['code 0', { code: 0, add: "'a'" }, '/code'],
  ['code 255', { code: 255, add: "'a'" }, '/code'],
  ['a text for what nothing defines', { code: 231, add: "'a'", 'csv-format': true }, '/csv-format'],
  ['a key that Kea 3.0 does not know either', { code: 67, add: "'a'", source: 'query' }, '/source'],
  ['an action beside sub-options', { code: 43, add: "'a'", 'sub-options': [] }, '/add'],
  ['a container without a space', { code: 67, 'sub-options': [{ code: 1, add: "'a'" }] }, '/sub-options[0]'],
  [
    'a vendor option without a vendor',
    { code: 125, 'sub-options': [{ space: 'dhcp4', code: 1, add: "'a'" }] },
    '/sub-options[0]/space',
  ],
  [
    'a sub-option twice',
    {
      code: 43,
      'sub-options': [
        { code: 1, add: "'a'" },
        { code: 1, add: "'b'" },
      ],
    },
    '/sub-options[1]',
  ],
];

t.test('what is wrong with an entry is said at its place', async (t) => {
  for (const [what, entry, path] of FAULTS) {
    const result = parseConfig(JSON.stringify({ Dhcp4: configured([entry]) }), 'kea.conf');
    const at = `Dhcp4/hooks-libraries[0]/parameters/options[0]${path}`;
    const paths = (result.ok ? [] : result.problems).map((problem) => problem.path);
    t.same(paths, [at], what);
    if (!result.ok) t.ok(result.problems[0]?.line, `${what}: a line`);
  }
});
