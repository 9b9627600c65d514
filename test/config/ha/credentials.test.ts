/** TLS files, names and passwords: where they come from and when they are refused. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
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
      '"/nonexistent": ENOENT',
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

t.test(
  'TLS files come from the peer or else from the relationship, and can be switched off for one',
  async (t) => {
    const directory = t.testdir({
      'ca.pem': 'ca',
      'cert.pem': 'cert',
      'key.pem': 'key',
      own: { 'key.pem': 'own' },
    });
    const at = (name: string) => join(directory, name);
    mkdirSync(at('anchors'));
    const shared = `"trust-anchor": "${at('anchors')}", "cert-file": "${at('cert.pem')}", "key-file": "${at('key.pem')}"`;
    const config = ha(
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        shared,
        `"peers": [ { "name": "a", "role": "primary", "url": "https://192.0.2.1:8001/", "key-file": "${at('own/key.pem')}" }, ${P2},
       { "name": "c", "role": "backup", "url": "http://192.0.2.3:8001/", "trust-anchor": "", "cert-file": "", "key-file": "" } ]`,
      ),
    );
    const files = { trustAnchor: at('anchors'), certFile: at('cert.pem'), keyFile: at('key.pem') };
    t.strictSame(
      config.peers.map((each) => each.tls),
      [{ ...files, keyFile: at('own/key.pem') }, files, null],
    );
    const gone = findProblems(pair(shared.replace('key.pem', 'none.pem')));
    t.equal(gone.split('\n').length, 2, 'once for each peer');
    t.match(gone, `none.pem": ENOENT; expected a readable file`);
    t.match(findProblems(pair(shared.replace('cert.pem', 'anchors'))), 'anchors": a directory');
  },
);

t.test('names and passwords come from files too, without their line ends', async (t) => {
  const directory = t.testdir({ user: 'operator\n', password: 'pass word\r\nsecond line', empty: '' });
  const at = (name: string) => join(directory, name);
  const config = ha(
    peer(`"basic-auth-user-file": "${at('user')}", "basic-auth-password-file": "${at('password')}"`),
  );
  t.strictSame(config.peers[0]?.basicAuth, { user: 'operator', password: 'pass word' });
  t.equal(ha(peer(`"basic-auth-user-file": "${at('empty')}"`)).peers[0]?.basicAuth, null, 'no user');
  t.equal(ha(peer('"basic-auth-user": "", "basic-auth-password": "x"')).peers[0]?.basicAuth, null);
  t.strictSame(ha(peer('"basic-auth-user": "u"')).peers[0]?.basicAuth, { user: 'u', password: '' });
  const both = peer(`"basic-auth-user": "u", "basic-auth-user-file": "${at('user')}"`);
  t.match(
    findProblems(both),
    'found "basic-auth-user-file" beside "basic-auth-user"; expected one of the two',
  );
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
