/** Files of the peers under the eyes of the server: what is taken, what is not, and what is said of it. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { CredentialFiles, type CredentialUser } from '../../src/app/control/credential-files.ts';
import type { HaPeerConfig } from '../../src/config/ha-model.ts';
import { DAY_MS } from '../../src/credentials/expiry.ts';
import type { PeerCredentials } from '../../src/peer/credentials.ts';
import { recordLog } from '../peer/support/log.ts';
import { peerAt } from '../peer/support/peers.ts';
import { Authority, type Issued } from '../support/authority.ts';

const RENEWED = 'TDM_PEER_CREDENTIALS_RENEWED';
const REFUSED = 'TDM_PEER_CREDENTIALS_REFUSED';

/** A directory with one set of files in use, and the means to look at them. */
class Bench {
  readonly directory: string;
  readonly authority: Authority;
  readonly files: CredentialFiles;
  readonly log = recordLog();
  /** What the user of the files was handed, without repetition. */
  readonly handed: PeerCredentials[] = [];
  nowMs = Date.now();
  users: readonly CredentialUser[];
  #action: () => void = () => {};
  #armed: () => void = () => {};

  constructor(t: Test, peer: (bench: Bench) => Partial<HaPeerConfig>, life?: { untilMs: number }) {
    this.directory = t.testdir({ anchors: {} });
    this.authority = new Authority(this.directory, 'authority', life);
    this.put(this.authority.issue('first', life));
    copyFileSync(this.authority.certificate, this.at('ca.pem'));
    this.users = [{ server: 'server1', peer: peerAt(1, peer(this)), renew: (next) => this.#take(next) }];
    this.files = new CredentialFiles({
      users: () => this.users,
      clock: { wallMs: () => this.nowMs, wallSec: () => this.nowMs / 1000, monotonicMs: () => this.nowMs },
      timers: { after: (_delayMs, action) => this.#arm(action) },
      log: this.log.log,
    });
    t.teardown(() => this.files.stop());
    this.files.start();
  }

  at(name: string): string {
    return join(this.directory, name);
  }

  /** The three files, as most rows use them. */
  get tls() {
    return { trustAnchor: this.at('ca.pem'), certFile: this.at('cert.pem'), keyFile: this.at('key.pem') };
  }

  put({ certificate, key }: Issued): void {
    copyFileSync(certificate, this.at('cert.pem'));
    copyFileSync(key, this.at('key.pem'));
  }

  /** One look at the files, to its end. */
  look(): Promise<void> {
    const armed = new Promise<void>((resolve) => {
      this.#armed = resolve;
    });
    this.#action();
    return armed;
  }

  async looks(count: number): Promise<void> {
    for (let left = count; left > 0; left--) await this.look();
  }

  inUse(): string | undefined {
    return this.handed.at(-1)?.tls?.chain[0]?.subject;
  }

  problems(): string[] {
    return this.log.events.filter(({ id }) => id === REFUSED).map(({ fields }) => String(fields['problem']));
  }

  #take(next: PeerCredentials): void {
    const last = this.handed.at(-1);
    if (next.tls?.digest !== last?.tls?.digest || next.login?.digest !== last?.login?.digest)
      this.handed.push(next);
  }

  #arm(action: () => void): () => void {
    this.#action = action;
    this.#armed();
    return () => {};
  }
}

function withTls(t: Test, life?: { untilMs: number }): Bench {
  return new Bench(t, ({ tls }) => ({ tls }), life);
}

t.test('a renewed pair is taken when it has been still for one look, and once', async (t) => {
  const bench = withTls(t);
  t.equal(bench.inUse(), 'first');
  bench.put(bench.authority.issue('second'));
  await bench.look();
  t.equal(bench.inUse(), 'first', 'somebody may still be writing');
  await bench.look();
  t.equal(bench.inUse(), 'second');
  await bench.looks(3);
  t.equal(bench.log.count(RENEWED), 1);
  t.equal(bench.log.count(REFUSED), 0);
  t.match(bench.files.figures(), { renewals: 1, refusals: 0, entries: [{ isRefused: false }] });
});

/** Every way in which programs replace files. */
const WAYS: Readonly<Record<string, (bench: Bench, next: Issued) => void>> = {
  'written in place': (bench, { certificate, key }) => {
    writeFileSync(bench.at('cert.pem'), readFileSync(certificate));
    writeFileSync(bench.at('key.pem'), readFileSync(key));
  },
  'renamed over': (bench, { certificate, key }) => {
    renameSync(certificate, bench.at('cert.pem'));
    renameSync(key, bench.at('key.pem'));
  },
  'removed and made again': (bench, next) => {
    rmSync(bench.at('cert.pem'));
    rmSync(bench.at('key.pem'));
    bench.put(next);
  },
  'replaced by links to an archive, as certbot does': (bench, { certificate, key }) => {
    for (const [name, target] of [
      ['cert.pem', certificate],
      ['key.pem', key],
    ] as const) {
      symlinkSync(target, bench.at('link'));
      renameSync(bench.at('link'), bench.at(name));
    }
  },
};

for (const [way, replace] of Object.entries(WAYS)) {
  t.test(`files ${way} are seen`, async (t) => {
    const bench = withTls(t);
    await bench.looks(2);
    replace(bench, bench.authority.issue('second'));
    await bench.looks(2);
    t.equal(bench.inUse(), 'second');
  });
}

t.test('a directory behind a link that is moved, as in Kubernetes, is seen', async (t) => {
  const bench = new Bench(t, ({ directory }) => {
    const first = new Authority(directory, 'kubernetes').issue('first');
    mkdirSync(join(directory, 'v1'));
    copyFileSync(first.certificate, join(directory, 'v1/tls.crt'));
    copyFileSync(first.key, join(directory, 'v1/tls.key'));
    symlinkSync('v1', join(directory, '..data'));
    const path = (name: string) => join(directory, '..data', name);
    return {
      tls: { trustAnchor: join(directory, 'ca.pem'), certFile: path('tls.crt'), keyFile: path('tls.key') },
    };
  });
  t.equal(bench.inUse(), 'first');
  const next = bench.authority.issue('second');
  mkdirSync(bench.at('v2'));
  copyFileSync(next.certificate, bench.at('v2/tls.crt'));
  copyFileSync(next.key, bench.at('v2/tls.key'));
  symlinkSync('v2', bench.at('..tmp'));
  renameSync(bench.at('..tmp'), bench.at('..data'));
  await bench.looks(2);
  t.equal(bench.inUse(), 'second');
});

t.test('a certificate whose key comes later waits for it, in either order', async (t) => {
  for (const [early, late] of [
    ['cert.pem', 'key.pem'],
    ['key.pem', 'cert.pem'],
  ] as const) {
    const bench = withTls(t);
    const next = bench.authority.issue('second');
    const source = (name: string) => (name === 'cert.pem' ? next.certificate : next.key);
    copyFileSync(source(early), bench.at(early));
    await bench.looks(4);
    t.equal(bench.inUse(), 'first', 'the pair that fits stays');
    t.equal(bench.log.count(REFUSED), 1, 'told once');
    t.match(bench.problems()[0], /^cert-file ".*cert\.pem": the certificate of \w+ does not fit the key/);
    t.match(bench.files.figures(), { refusals: 1, entries: [{ isRefused: true }] });
    t.match(bench.files.concerns('server1'), [/^a renewed file is not in use.*does not fit the key/]);
    t.same(bench.files.concerns('another'), []);
    copyFileSync(source(late), bench.at(late));
    await bench.looks(2);
    t.equal(bench.inUse(), 'second');
    t.match(bench.files.figures(), { entries: [{ isRefused: false }] });
    t.same(bench.files.concerns('server1'), []);
  }
});

const NOBODY = 65_534;

/** What happens to the certificate file, and what is said of it. */
const BAD: readonly [string, (bench: Bench, file: string) => void, RegExp][] = [
  ['empty', (_, file) => truncateSync(file), /an empty file/],
  ['gone', (_, file) => rmSync(file), /ENOENT: no such file or directory/],
  ['half written', (_, file) => truncateSync(file, 200), /a certificate that ends in the middle/],
  ['a directory', (_, file) => replaceWith(file, () => mkdirSync(file)), /a directory/],
  ['a FIFO', (_, file) => replaceWith(file, () => execFileSync('mkfifo', [file])), /not a regular file/],
  ['huge', (_, file) => truncateSync(file, 1e9), /1000000000 octets, more than 4194304/],
  ['a link to itself', (_, file) => replaceWith(file, () => symlinkSync(file, file)), /ELOOP/],
  ['a device', (_, file) => replaceWith(file, () => symlinkSync('/dev/zero', file)), /not a regular file/],
  [
    'expired',
    (bench) => bench.put(bench.authority.issue('old', { fromMs: -2 * DAY_MS, untilMs: -DAY_MS })),
    /the certificate of old expired at/,
  ],
  [
    'not valid yet',
    (bench) => bench.put(bench.authority.issue('new', { fromMs: DAY_MS })),
    /the certificate of new is not valid before/,
  ],
];

function replaceWith(file: string, make: () => void): void {
  rmSync(file);
  make();
}

for (const [what, spoil, expected] of BAD) {
  t.test(`a certificate file that becomes ${what} changes nothing but the log`, async (t) => {
    const bench = withTls(t);
    await bench.look();
    spoil(bench, bench.at('cert.pem'));
    await bench.looks(5);
    bench.files.reload();
    t.equal(bench.inUse(), 'first');
    t.equal(bench.log.count(REFUSED), 1);
    t.match(bench.problems()[0], expected);
    rmSync(bench.at('cert.pem'), { recursive: true, force: true });
    bench.put(bench.authority.issue('mended'));
    await bench.looks(2);
    t.equal(bench.inUse(), 'mended');
  });
}

t.test('a file that may not be read any more changes nothing, and is read again when it may', async (t) => {
  const bench = withTls(t);
  const isRoot = process.getuid?.() === 0;
  await bench.look();
  bench.put(bench.authority.issue('second'));
  chmodSync(bench.at('key.pem'), 0);
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    if (existsSync(bench.at('cert.pem'))) {
      await bench.looks(2);
      t.equal(bench.inUse(), 'first');
      t.match(bench.problems(), [/^key-file .*EACCES: permission denied/]);
    }
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  chmodSync(bench.at('key.pem'), 0o600);
  await bench.looks(2);
  t.equal(bench.inUse(), 'second');
});

t.test('what is written in pieces is not taken before the last one', async (t) => {
  const bench = withTls(t);
  const other = new Authority(bench.directory, 'other');
  // A bundle of one authority looks as right as one of two.
  writeFileSync(bench.at('ca.pem'), readFileSync(other.certificate));
  await bench.look();
  appendFileSync(bench.at('ca.pem'), readFileSync(bench.authority.certificate));
  await bench.looks(2);
  t.same(
    bench.handed.map(({ tls }) => tls?.authorities.map(({ subject }) => subject)),
    [['authority'], ['other', 'authority']],
  );
});

t.test('authorities in a directory are followed, those that are added and those that go', async (t) => {
  const bench = new Bench(t, (self) => {
    copyFileSync(self.at('ca.pem'), self.at('anchors/one.pem'));
    return { tls: { ...self.tls, trustAnchor: self.at('anchors') } };
  });
  const subjects = () => bench.handed.at(-1)?.tls?.authorities.map(({ subject }) => subject);
  copyFileSync(new Authority(bench.directory, 'other').certificate, bench.at('anchors/two.pem'));
  await bench.looks(2);
  t.same(subjects(), ['authority', 'other']);
  rmSync(bench.at('anchors/one.pem'));
  await bench.looks(2);
  t.same(subjects(), ['other']);
  truncateSync(bench.at('anchors/two.pem'), 100);
  await bench.looks(2);
  t.same(subjects(), ['other']);
  t.match(bench.problems(), [/^trust-anchor ".*anchors": two\.pem in it: a certificate that ends/]);
});

t.test('a reload takes what is there at once', async (t) => {
  const bench = withTls(t);
  bench.put(bench.authority.issue('second'));
  bench.files.reload();
  t.equal(bench.inUse(), 'second');
  bench.files.reload();
  t.equal(bench.log.count(RENEWED), 1, 'the same content again is no renewal');
});

t.test('a password file is followed like a certificate', async (t) => {
  const bench = new Bench(t, () => ({}));
  const password = bench.at('password');
  writeFileSync(password, 'one\n');
  const basicAuth = { user: { text: 'ha' }, password: { file: password } };
  bench.users = bench.users.map((user) => ({ ...user, peer: peerAt(1, { basicAuth }) }));
  bench.files.reload();
  const inUse = () => bench.handed.at(-1)?.login?.password;
  t.equal(inUse(), 'one', 'an entry that a reload brought is followed from then on');
  writeFileSync(password, 'two\n');
  await bench.looks(2);
  t.equal(inUse(), 'two');
  truncateSync(password);
  await bench.looks(3);
  t.equal(inUse(), 'two', 'an empty file asks nobody for a password');
  t.match(bench.problems(), [/^basic-auth-password-file ".*": an empty file/]);
  t.notMatch(JSON.stringify(bench.log.events), /two/, 'no password stands in the log');
});

t.test('warnings come 30, 7 and 1 days before the end, and after it, each once', async (t) => {
  const bench = withTls(t, { untilMs: 60 * DAY_MS });
  // Three hours off the boundaries: the two files may end a second apart, and are then still named by one look.
  const startMs = bench.nowMs + 3 * 3_600_000;
  const said: string[] = [];
  for (let hour = 0; hour <= 61 * 24; hour += 6) {
    bench.nowMs = startMs + hour * 3_600_000;
    const before = bench.log.events.length;
    bench.files.reload();
    for (const { id, fields } of bench.log.events.slice(before))
      said.push(
        `${Math.floor(hour / 24)} ${id.replace('TDM_PEER_CERTIFICATE_', '')} ${String(fields['key'])}`,
      );
  }
  t.same(
    said,
    [
      [29, 'EXPIRES_SOON'],
      [52, 'EXPIRES_SOON'],
      [58, 'EXPIRES_SOON'],
      [59, 'EXPIRED'],
    ].flatMap(([day, id]) => ['cert-file', 'trust-anchor'].map((key) => `${Number(day) + 1} ${id} ${key}`)),
  );
  t.ok(bench.files.isOutdated());
  t.match(bench.files.concerns('server1'), [
    /^in use although it is outdated: cert-file ".*cert\.pem": the certificate of first expired at/,
    /^in use although it is outdated: trust-anchor/,
  ]);
  const [{ daysLeft } = { daysLeft: null }] = bench.files.figures().entries;
  t.equal(Math.round(daysLeft!.certificate), -1);
});

t.test('a renewed certificate ends the warnings of the one before and gets its own', async (t) => {
  const bench = withTls(t, { untilMs: 60 * DAY_MS });
  bench.nowMs += 55 * DAY_MS;
  bench.files.reload();
  t.equal(
    bench.log.count('TDM_PEER_CERTIFICATE_EXPIRES_SOON'),
    2,
    'the two thresholds that are past are one line',
  );
  bench.put(bench.authority.issue('second', { untilMs: 58 * DAY_MS }));
  bench.files.reload();
  t.equal(bench.log.count('TDM_PEER_CERTIFICATE_EXPIRES_SOON'), 3);
});

t.test('a certificate that is not valid yet is taken when it is, without another change', async (t) => {
  const bench = withTls(t);
  bench.put(bench.authority.issue('tomorrow', { fromMs: DAY_MS, untilMs: 2 * DAY_MS }));
  await bench.looks(30);
  t.equal(bench.inUse(), 'first');
  t.equal(bench.log.count(REFUSED), 1);
  bench.nowMs += DAY_MS + 60_000;
  await bench.looks(12);
  t.equal(bench.inUse(), 'tomorrow');
});

t.test(
  'a reload in the middle of a look takes what is there, and the look does not take it back',
  async (t) => {
    const bench = withTls(t);
    await bench.looks(2);
    bench.put(bench.authority.issue('second'));
    const looking = bench.look();
    bench.files.reload();
    t.equal(bench.inUse(), 'second');
    await looking;
    await bench.looks(3);
    t.equal(bench.inUse(), 'second');
    t.equal(bench.log.count(RENEWED), 1);
  },
);

t.test('a user who cannot be served stops neither the others nor the looking', async (t) => {
  const bench = withTls(t);
  const [user] = bench.users as [CredentialUser];
  let tries = 0;
  const failing = {
    ...user,
    renew: () => {
      tries++;
      throw new Error('out of memory');
    },
  };
  bench.users = [failing];
  await bench.look();
  t.match(bench.problems(), [/out of memory/]);
  bench.users = [user];
  bench.put(bench.authority.issue('second'));
  await bench.looks(2);
  t.equal(bench.inUse(), 'second');
  t.equal(tries, 1);
});

t.test('after stop nothing is looked at, handed out or logged any more', async (t) => {
  const bench = withTls(t);
  bench.put(bench.authority.issue('second'));
  await bench.look();
  void bench.look();
  bench.files.stop();
  await setTimeout(100);
  t.equal(bench.inUse(), 'first');
  t.equal(bench.log.count(RENEWED), 0);
});

t.test('an outdated certificate is used at the start, loudly, and a valid one takes its place', async (t) => {
  const bench = new Bench(t, (self) => {
    self.put(self.authority.issue('old', { fromMs: -2 * DAY_MS, untilMs: -DAY_MS }));
    return { tls: self.tls };
  });
  t.equal(bench.inUse(), 'old');
  t.match(bench.log.events, [{ id: 'TDM_PEER_CERTIFICATE_EXPIRED', fields: { subject: 'old' } }]);
  bench.put(bench.authority.issue('second'));
  await bench.looks(2);
  t.equal(bench.inUse(), 'second');
  t.notOk(bench.files.isOutdated());
});
