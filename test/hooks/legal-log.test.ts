/** The forensic log: its lines, its files and what happens when they cannot be written. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { LegalFileConfig, LegalLogConfig } from '../../src/config/hook-model.ts';
import type { EventQuery, LeaseCommandName, LeaseEvent } from '../../src/events/event.ts';
import { DatedFile } from '../../src/hooks/dated-file.ts';
import { commandEntry } from '../../src/hooks/legal-command.ts';
import { legalEntries } from '../../src/hooks/legal-entry.ts';
import { LegalLog } from '../../src/hooks/legal-log.ts';
import { durationText } from '../../src/hooks/legal-text.ts';
import { LeaseEventKind } from '../../src/lease/events.ts';
import { ForensicSyslog } from '../../src/log/forensic-syslog.ts';
import { leaseOf } from '../engine/leases.ts';
import { TestClock } from '../engine/test-clock.ts';
import { openDaemon, socketPath } from '../log/log-daemon.ts';
import { event } from './lease-event.ts';

const lease = leaseOf(0xc0020164, {
  hwAddress: Uint8Array.of(8, 0, 0x2b, 2, 0x3f, 0x4e),
  clientId: Uint8Array.of(0x17, 0x34, 0xe2, 0xff, 9, 0x92, 0x54),
  validLifetimeSec: 6735,
});

function relayed(agentOptions: readonly number[]): EventQuery {
  const header = new Uint8Array(44);
  header.set([1, 1, 6]);
  header.set([192, 2, 16, 33], 24);
  return {
    header,
    messageType: 3,
    sourceAddress: 0,
    sourcePort: 67,
    localAddress: 0,
    interfaceName: 'eth0',
    agentOptions: Uint8Array.from(agentOptions),
  };
}

const LINES = { entriesOf: legalEntries, commandEntry };

function directory(t: { teardown: (done: () => void) => void }): string {
  const path = mkdtempSync(join(tmpdir(), 'tandem-legal-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What formats have made of query and reply. */
const said = (request: string, response: string | null = null) => ({ texts: { request, response } });

const noSyslog = (): never => {
  throw new Error('nobody asked for it');
};

function configFor(path: string, fields: Partial<LegalFileConfig> = {}): LegalFileConfig {
  return {
    kind: 'file',
    directory: path,
    baseName: 'kea-legal',
    timeUnit: 'day',
    count: 1,
    prerotate: null,
    postrotate: null,
    timestampFormat: '%Y-%m-%d %H:%M:%S',
    ...fields,
  };
}

function logFor(path: string, fields: Partial<LegalFileConfig> = {}): LegalLogConfig {
  return { target: configFor(path, fields), formats: null };
}

t.test('lines are those of Kea', async (t) => {
  const agent = [1, 5, ...Buffer.from('howdy'), 2, 4, 0x87, 0xf6, 0x79, 0x77];
  t.strictSame(legalEntries(event({ lease, query: relayed(agent) }), null), [
    {
      subnetId: 1,
      text:
        'Address: 192.2.1.100 has been assigned for 1 hrs 52 mins 15 secs to a device with hardware address: ' +
        'hwtype=1 08:00:2b:02:3f:4e, client-id: 17:34:e2:ff:09:92:54 connected via relay at address: 192.2.16.33, ' +
        'identified by circuit-id: 68:6f:77:64:79 (howdy) and remote-id: 87:f6:79:77',
    },
  ]);
  const released = event({ kind: LeaseEventKind.released, former: lease });
  t.match(
    legalEntries(released, null)[0]?.text,
    /^Address: 192\.2\.1\.100 has been released from a device with hardware/,
  );
  const moved = event({ lease, replaced: leaseOf(1), query: relayed([1, 9, 1]) });
  t.strictSame(
    legalEntries(moved, null).map(({ text }) => text.split(' ').slice(1, 5).join(' ')),
    ['192.2.1.100 has been assigned', '0.0.0.1 has been released'],
  );
  t.notMatch(legalEntries(moved, null)[0]?.text, /identified/, 'a sub-option that runs past the end is none');
  t.strictSame(legalEntries(event({ kind: LeaseEventKind.expired, former: lease }), null), []);
  t.equal(durationText(0xffffffff), 'infinite duration');
  t.equal(durationText(90_061), '1 days 1 hrs 1 mins 1 secs');
});

t.test('files by date: one goes on while it is young, another begins when it is over', async (t) => {
  const path = directory(t);
  const rotated: string[] = [];
  const day = (text: string): Date => new Date(`${text}T12:00:00`);
  const open = (now: string, fields: Partial<LegalFileConfig> = {}): DatedFile =>
    new DatedFile(configFor(path, fields), day(now), (...names) => void rotated.push(...names));
  writeFileSync(join(path, 'kea-legal.20269999x.txt'), '');
  const first = open('2026-01-30');
  first.write('one\n', day('2026-01-30'));
  first.write('two\n', day('2026-01-31'));
  first.close();
  const again = open('2026-01-31');
  again.write('three\n', day('2026-01-31'));
  again.close();
  const text = (mark: string): string => readFileSync(join(path, `kea-legal.${mark}.txt`), 'latin1');
  t.equal(text('20260130'), 'one\n');
  t.equal(text('20260131'), 'two\nthree\n');
  t.strictSame(rotated, [join(path, 'kea-legal.20260130.txt'), join(path, 'kea-legal.20260131.txt')]);
  t.equal(statSync(join(path, 'kea-legal.20260131.txt')).mode & 0o777 & ~0o640, 0, 'nobody else may read it');
  const monthly = open('2026-02-20', { timeUnit: 'month' });
  t.equal(monthly.path, join(path, 'kea-legal.20260131.txt'), 'less than a month old');
  monthly.write('late\n', day('2026-03-04'));
  t.equal(text('20260304'), 'late\n');
  monthly.close();
  const never = open('2036-01-01', { count: 0 });
  never.write('x\n', day('2040-01-01'));
  t.equal(text('20360101'), 'x\n');
  never.close();
});

t.test('a line that a killed server left half is not gone on with', async (t) => {
  const path = directory(t);
  const now = new Date('2026-01-30T12:00:00');
  const file = join(path, 'kea-legal.20260130.txt');
  for (const [before, after] of [
    ['one\ntw', 'one\ntw\nthree\n'],
    ['one\n', 'one\nthree\n'],
    ['', 'three\n'],
  ] as const) {
    writeFileSync(file, before);
    const again = new DatedFile(configFor(path, {}), now, () => {});
    again.write('three\n', now);
    again.close();
    t.equal(readFileSync(file, 'latin1'), after);
  }
});

t.test('lines are written in order, silent subnets are left out, a full disk is said once', async (t) => {
  const path = directory(t);
  const clock = new TestClock();
  const logged: string[] = [];
  const log = new LegalLog(
    logFor(path, { timeUnit: 'second', count: 10 }),
    LINES,
    (subnetId) => subnetId !== 7,
    clock,
    (id) => void logged.push(id),
    noSyslog,
  );
  log.take(event({ lease }));
  log.take(event({ lease: leaseOf(1, { subnetId: 7 }) }));
  log.take(event({ kind: LeaseEventKind.released, former: lease }));
  await log.close();
  const [name] = readdirSync(path);
  t.match(name, /^kea-legal\.T\d{20}\.txt$/);
  t.match(
    readFileSync(join(path, name!), 'latin1'),
    /^[-\d]{10} [:\d]{8} Address: .* assigned .*\n[-\d]{10} [:\d]{8} Address: .* released .*\n$/,
  );
  t.strictSame(logged, []);

  const failing = new LegalLog(
    logFor(path, { timeUnit: 'second', count: 1 }),
    LINES,
    () => true,
    clock,
    (id) => void logged.push(id),
    noSyslog,
  );
  rmSync(path, { recursive: true });
  clock.pass(5);
  failing.take(event({ lease }));
  await new Promise((resolve) => setImmediate(resolve));
  failing.take(event({ lease }));
  await failing.close();
  t.notOk(existsSync(path));
  t.strictSame(logged, ['TDM_EVENTS_LEGAL_LOG_FAILED']);
});

t.test('a format takes the place of Kea’s line, each of its lines with the time', async (t) => {
  const literal = { kind: 'literal', octets: new Uint8Array(0) } as const;
  const query = relayed([]);
  const texts = (fields: Partial<LeaseEvent>, request: boolean, response: boolean): string[] | null => {
    const formats = { request: request ? literal : null, response: response ? literal : null };
    return legalEntries(event({ lease, query, ...fields }), formats).map(({ text }) => text);
  };
  t.strictSame(texts(said('a\nb'), true, false), ['a\nb']);
  t.strictSame(texts(said('a', 'b'), true, true), ['ab']);
  t.strictSame(texts(said(''), true, false), [], 'an empty text is no line');
  t.strictSame(texts(said('a'), true, true), [], 'nor is one of which a part has failed');
  t.strictSame(texts(said('\x1b[2Ja\r'), true, false), ['?[2Ja?']);
  const gone = { kind: LeaseEventKind.released, lease: null, former: lease };
  t.strictSame(texts({ ...gone, ...said('gone') }, true, true), ['gone'], 'a release has no reply');
  t.match(texts(gone, false, true)?.[0], /^Address: 192.2.1.100 has been released/);
  t.strictSame(
    texts({ replaced: leaseOf(1), ...said('x') }, true, false),
    ['x', 'x'],
    'a line for each lease',
  );
  const path = directory(t);
  const config = { ...logFor(path, { timestampFormat: 'T' }), formats: { request: literal, response: null } };
  const log = new LegalLog(
    config,
    LINES,
    () => true,
    new TestClock(),
    () => undefined,
    noSyslog,
  );
  log.take(event({ lease, query, ...said('one\n\ntwo\n') }));
  await log.close();
  t.equal(readFileSync(join(path, readdirSync(path)[0]!), 'utf8'), 'T one\nT \nT two\n');
});

t.test('commands have lines of their own, whatever the format', async (t) => {
  const line = (command: LeaseCommandName, args: Record<string, unknown>): string | undefined =>
    commandEntry(command, args, 1000)?.text;
  const whose = { 'ip-address': '10.0.0.1', 'hw-address': '1a:1b', 'subnet-id': 7 };
  t.equal(
    line('lease4-add', { ...whose, 'valid-lft': 86_400 }),
    'Administrator added a lease of address: 10.0.0.1 to a device with hardware address: 1a:1b for 1 days 0 hrs 0 mins 0 secs',
  );
  t.equal(
    line('lease4-update', {
      ...whose,
      origin: 'ha-partner',
      expire: 1060,
      'client-id': '61:62',
      comment: 'x',
    }),
    'HA partner updated information on the lease of address: 10.0.0.1 to a device with hardware address: 1a:1b' +
      ', client-id: 61:62 (ab) for 0 hrs 1 mins 0 secs, context: { "comment": "x" }',
  );
  t.equal(line('lease4-del', whose), 'Administrator deleted the lease for address: 10.0.0.1');
  t.equal(
    line('lease4-del', { 'identifier-type': 'hw-address', identifier: '1a:1b\nforged' }),
    'Administrator deleted a lease for a device identified by: hw-address of 1a:1b?forged',
  );
  t.equal(line('lease4-add', { 'ip-address': '10.0.0.1' }), undefined);
  t.equal(line('lease4-del', {}), undefined);
  t.equal(commandEntry('lease4-del', whose, 0)?.subnetId, 7);
});

const SYSLOG = { kind: 'syslog', facility: 'LOCAL3', pattern: null } as const;

t.test(
  'in the system’s log each entry is a message in Kea’s words, and a daemon that comes back gets the next ones',
  async (t) => {
    const path = socketPath(t);
    const literal = { kind: 'literal', octets: new Uint8Array(0) } as const;
    const logged: [string, unknown][] = [];
    const open = (pattern: string | null, formats: LegalLogConfig['formats'] = null): LegalLog<LeaseEvent> =>
      new LegalLog(
        { target: { ...SYSLOG, pattern }, formats },
        LINES,
        () => true,
        new TestClock(),
        (id, fields) => void logged.push([id, fields]),
        (config) => new ForensicSyslog(config, 4, path),
      );
    const tick = () => new Promise((resolve) => setImmediate(resolve));
    let daemon = openDaemon(path);
    const log = open(null);
    log.take(event({ lease }));
    await tick();
    t.match(
      daemon.read(),
      new RegExp(
        `^<158>\\w{3} [ \\d]\\d [\\d:]{8} kea-dhcp4\\[\\d+\\]: INFO  \\[kea-dhcp4.legal-log.${process.pid}\\] ` +
          'LEGAL_LOG_SYSLOG Address: 192.2.1.100 has been assigned .*02:3f:4e, ',
      ),
    );
    daemon.close();
    log.take(event({ lease }));
    await tick();
    log.take(event({ lease }));
    await tick();
    daemon = openDaemon(path);
    log.take(event({ lease }));
    await log.close();
    t.match(daemon.read(), /LEGAL_LOG_SYSLOG/);
    t.equal(daemon.read(), null);
    t.strictSame(logged, [
      [
        'TDM_EVENTS_LEGAL_LOG_FAILED',
        { file: 'syslog:LOCAL3', reason: logged[0] && (logged[0][1] as { reason: string }).reason },
      ],
      ['TDM_EVENTS_LEGAL_LOG_GOES_ON', { file: 'syslog:LOCAL3', lost: 2 }],
    ]);
    const own = open('%p: %m', { request: literal, response: null });
    own.take(event({ lease, query: relayed([]), ...said('one\ntwo\x07\n') }));
    own.take(event({ lease, query: relayed([]), ...said('') }));
    await own.close();
    t.match(daemon.read(), /: INFO: LEGAL_LOG_SYSLOG one\ntwo\?$/);
    t.equal(daemon.read(), null);
    daemon.close();
  },
);

t.test(
  'a daemon that does not read keeps nobody waiting: what it cannot take is tried again, then lost and counted',
  async (t) => {
    const path = socketPath(t);
    const daemon = openDaemon(path);
    const logged: [string, Record<string, unknown>][] = [];
    const formats = { request: { kind: 'literal', octets: new Uint8Array(0) }, response: null } as const;
    const log = new LegalLog(
      { target: SYSLOG, formats },
      LINES,
      () => true,
      new TestClock(),
      (id, fields) => void logged.push([id, fields as Record<string, unknown>]),
      (config) => new ForensicSyslog(config, 4, path),
    );
    const COUNT = 3000;
    const query = relayed([]);
    const text = (i: number): string => `${i} ${'x'.repeat(2000)}`;
    for (let i = 0; i < COUNT; i++) log.take(event({ lease, query, ...said(text(i)) }));
    t.match(logged, [['TDM_EVENTS_LEGAL_LOG_FAILED', { file: 'syslog:LOCAL3' }]]);
    const heard: number[] = [];
    const closed = log.close();
    for (let isOpen = true; isOpen; ) {
      isOpen = await Promise.race([
        closed.then(() => false),
        new Promise<true>((resolve) => setImmediate(resolve, true)),
      ]);
      for (let message = daemon.read(); message !== null; message = daemon.read())
        heard.push(Number(/SYSLOG (\d+)/.exec(message)![1]));
    }
    t.same(heard, [...heard.keys()], 'in order, and none is left out');
    t.ok(heard.length > 1000 && heard.length < COUNT, `${heard.length} arrived`);
    t.same(logged[1], [
      'TDM_EVENTS_LEGAL_LOG_GOES_ON',
      { file: 'syslog:LOCAL3', lost: COUNT - heard.length },
    ]);
    daemon.close();
  },
);
