/** TLS files, names and passwords: where they come from and when they are refused. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { DAY_MS } from '../../../src/credentials/expiry.ts';
import { readLogin } from '../../../src/credentials/login.ts';
import { Authority, type Issued } from '../../support/authority.ts';
import { checkRefused, findProblems } from '../fixtures/marked-file.ts';
import { AT, ha, P2, pair, peer, relationship } from '../fixtures/relationship.ts';

checkRefused({
  credentials: [
    [
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        `"peers": [ { "name": "a", "role": "primary", "url": §"https://192.0.2.1:8001/" }, ${P2} ]`,
      ),
      `${AT}/peers[0]/url`,
      'an https URL of a peer without TLS files',
      '"trust-anchor", "cert-file" and "key-file", or an http URL',
    ],
    [
      peer('"cert-file": "x"').replace('[ { "name": "a"', '[ §{ "name": "a"'),
      `${AT}/peers[0]`,
      'no "trust-anchor" and no "key-file"',
      'all of "trust-anchor", "cert-file" and "key-file", or none of them',
    ],
    [
      peer('"basic-auth-user": §"a:b"'),
      `${AT}/peers[0]/basic-auth-user`,
      '"a:b"',
      'a user name without a colon',
    ],
    [peer('"basic-auth-password": §1234'), `${AT}/peers[0]/basic-auth-password`, 'a number', 'a string'],
    [
      peer('"basic-auth-user": "u", "basic-auth-password-file": §"/nonexistent"'),
      `${AT}/peers[0]/basic-auth-password-file`,
      '"/nonexistent": ENOENT: no such file or directory',
      'a readable file of one line',
    ],
    [
      peer('"basic-auth-user-file": §"/"'),
      `${AT}/peers[0]/basic-auth-user-file`,
      '"/": a directory',
      'a readable file of one line',
    ],
  ],
});

const NOBODY = 65_534;

/** The three keys as members of a peer or a relationship. */
function tlsMembers(trustAnchor: string, { certificate, key }: Issued): string {
  return `"trust-anchor": "${trustAnchor}", "cert-file": "${certificate}", "key-file": "${key}"`;
}

t.test(
  'TLS files come from the peer or else from the relationship, and can be switched off for one',
  async (t) => {
    const directory = t.testdir({ anchors: {} });
    const authority = new Authority(directory, 'authority');
    const anchors = join(directory, 'anchors');
    copyFileSync(authority.certificate, join(anchors, 'one.pem'));
    symlinkSync('/nonexistent', join(anchors, 'removed.pem'));
    const [shared, own] = [authority.issue('shared'), authority.issue('own')];
    const members = tlsMembers(anchors, shared);
    const ownMembers = `"cert-file": "${own.certificate}", "key-file": "${own.key}"`;
    const config = ha(
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        members,
        `"peers": [ { "name": "a", "role": "primary", "url": "https://192.0.2.1:8001/", ${ownMembers} }, ${P2},
       { "name": "c", "role": "backup", "url": "http://192.0.2.3:8001/", "trust-anchor": "", "cert-file": "", "key-file": "" } ]`,
      ),
    );
    const paths = { trustAnchor: anchors, certFile: shared.certificate, keyFile: shared.key };
    t.strictSame(
      config.peers.map((each) => each.tls),
      [{ ...paths, certFile: own.certificate, keyFile: own.key }, paths, null],
    );
    t.match(findProblems(pair(members.replace(shared.certificate, anchors))), 'anchors": a directory');
  },
);

/** Line and column, from 1. */
function positionOf(text: string, mark: string): string {
  const lines = text.slice(0, text.indexOf(mark)).split('\n');
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

/** Files that are no certificate and no key. */
const RUBBISH = {
  empty: '',
  text: 'no certificate',
  half: '-----BEGIN CERTIFICATE-----\nMIIB',
  broken: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'broken-key': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
  encrypted: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
  nothing: {},
  halves: { 'a.pem': '-----BEGIN CERTIFICATE-----\nMIIB' },
};

/** Trust anchor, certificate and key, of which the one under `key` is wrong. */
type WrongRow = [trustAnchor: string, issued: Issued, key: string, found: RegExp];

function wrongFiles(directory: string): readonly WrongRow[] {
  const at = (name: string) => join(directory, name);
  const authority = new Authority(directory, 'authority');
  const [good, other] = [authority.issue('good'), authority.issue('other')];
  const expired = authority.issue('old', { fromMs: -2 * DAY_MS, untilMs: -DAY_MS });
  const future = authority.issue('new', { fromMs: DAY_MS });
  const old = new Authority(directory, 'old', { fromMs: -2 * DAY_MS, untilMs: -DAY_MS });
  execFileSync('mkfifo', [at('fifo')]);
  writeFileSync(at('huge'), '');
  truncateSync(at('huge'), 5 * 1024 * 1024);
  const anchor = authority.certificate;
  return [
    [anchor, { ...good, certificate: '/none' }, 'cert-file', /"\/none": ENOENT: no such file/],
    [anchor, { ...good, certificate: at('empty') }, 'cert-file', /: an empty file; expected a certificate/],
    [anchor, { ...good, certificate: at('text') }, 'cert-file', /: no certificate in PEM form/],
    [anchor, { ...good, certificate: at('half') }, 'cert-file', /: a certificate that ends in the middle/],
    [anchor, { ...good, certificate: at('broken') }, 'cert-file', /: a broken certificate \(the 1\. of it\)/],
    [anchor, { ...good, certificate: at('fifo') }, 'cert-file', /: not a regular file/],
    [anchor, { ...good, certificate: at('huge') }, 'cert-file', /: 5242880 octets, more than 4194304/],
    [anchor, { ...good, certificate: at('nothing') }, 'cert-file', /: a directory/],
    [
      anchor,
      { ...good, certificate: other.certificate },
      'cert-file',
      /: the certificate of other does not fit/,
    ],
    [
      anchor,
      { ...good, key: at('empty') },
      'key-file',
      /: an empty file; expected an unencrypted private key/,
    ],
    [anchor, { ...good, key: at('broken-key') }, 'key-file', /: a broken private key/],
    [anchor, { ...good, key: at('encrypted') }, 'key-file', /: an encrypted key/],
    [anchor, { ...good, key: good.certificate }, 'key-file', /: no private key in PEM form/],
    [anchor, { ...good, key: at('fifo') }, 'key-file', /: not a regular file/],
    [at('empty'), good, 'trust-anchor', /: an empty file; expected certificates of authorities/],
    [at('fifo'), good, 'trust-anchor', /: not a regular file/],
    [at('nothing'), good, 'trust-anchor', /: a directory without certificates/],
    [at('halves'), good, 'trust-anchor', /: a\.pem in it: a certificate that ends in the middle/],
    [
      anchor,
      expired,
      'cert-file',
      /: the certificate of old expired at \d{4}-.* UTC; expected one that is valid now/,
    ],
    [anchor, future, 'cert-file', /: the certificate of new is not valid before \d{4}-.* UTC/],
    [old.certificate, good, 'trust-anchor', /: the certificate of old expired at/],
  ];
}

t.test('a TLS file that cannot work is an error at its key, once for all peers that share it', async (t) => {
  for (const [trustAnchor, issued, key, found] of wrongFiles(t.testdir(RUBBISH))) {
    const text = pair(tlsMembers(trustAnchor, issued)).replace(`"${key}": `, `"${key}": §`);
    const [line, ...others] = findProblems(text.replace('§', '')).split('\n');
    t.same(others, [], `${found}`);
    t.match(line, found);
    t.match(line, `kea.conf:${positionOf(text, '§')}: ${AT}/${key}: found`);
  }
});

t.test('outdated certificates are a warning for a server that has nothing better', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  const expired = authority.issue('old', { fromMs: -2 * DAY_MS, untilMs: -DAY_MS });
  const text = pair(tlsMembers(authority.certificate, expired));
  t.match(parseConfig(text, 'kea.conf'), { ok: false });
  const result = parseConfig(text, 'kea.conf', { allowOutdated: true });
  t.match(result, { ok: true, warnings: [{ path: `${AT}/cert-file`, found: /expired at/ }] });
});

t.test('names and passwords come from files too, and are read where they are used', async (t) => {
  const directory = t.testdir({ user: 'operator\n', password: 'pass word\r\nsecond line', colon: 'a:b' });
  const at = (name: string) => join(directory, name);
  const config = ha(
    peer(`"basic-auth-user-file": "${at('user')}", "basic-auth-password-file": "${at('password')}"`),
  );
  const { basicAuth } = config.peers[0]!;
  t.strictSame(basicAuth, { user: { file: at('user') }, password: { file: at('password') } });
  t.match(readLogin(basicAuth!), { user: 'operator', password: 'pass word' });
  t.equal(ha(peer('"basic-auth-user": "", "basic-auth-password": "x"')).peers[0]?.basicAuth, null);
  t.strictSame(ha(peer('"basic-auth-user": "u"')).peers[0]?.basicAuth, {
    user: { text: 'u' },
    password: { text: '' },
  });
  const both = peer(`"basic-auth-user": "u", "basic-auth-user-file": "${at('user')}"`);
  t.match(
    findProblems(both),
    'found "basic-auth-user-file" beside "basic-auth-user"; expected one of the two',
  );
  t.match(findProblems(peer(`"basic-auth-user-file": "${at('colon')}"`)), 'a name with a colon');
});

t.test('an empty password or user file is refused: it would switch the question off', async (t) => {
  const directory = t.testdir({ empty: '', line: '\nsecret' });
  const at = (name: string) => join(directory, name);
  for (const key of ['basic-auth-user', 'basic-auth-password']) {
    const other = key === 'basic-auth-user' ? '' : '"basic-auth-user": "u", ';
    t.match(findProblems(peer(`${other}"${key}-file": "${at('empty')}"`)), 'an empty file');
    t.match(findProblems(peer(`${other}"${key}-file": "${at('line')}"`)), 'an empty first line');
  }
});

t.test('a file that may not be read is refused', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-secret-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  const path = join(directory, 'secret');
  writeFileSync(path, 'x');
  chmodSync(path, 0);
  // Root may read everything: the check is made as nobody then.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    t.match(findProblems(peer(`"basic-auth-user-file": "${path}"`)), 'EACCES');
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});
