/** Files of every shape that OpenSSL takes, and some that it does not. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parseCertificates } from '../../src/credentials/certificate.ts';
import { formatFault, isFaults } from '../../src/credentials/fault.ts';
import { dateFaults, readTlsSet, type TlsPaths } from '../../src/credentials/tls-set.ts';
import { Authority } from '../support/authority.ts';

function problemOf(paths: TlsPaths): string | null {
  const read = readTlsSet(paths);
  return isFaults(read) ? read.map(formatFault).join() : null;
}

t.test('certificate and key may stand in one file, with text and other blocks between them', async (t) => {
  const directory = t.testdir({});
  const authority = new Authority(directory, 'authority');
  const { certificate, key } = authority.issue('one');
  const parameters = execFileSync('openssl', ['ecparam', '-name', 'prime256v1']);
  const file = join(directory, 'both.pem');
  const parts = ['Bag Attributes: ENCRYPTED\n', parameters, readFileSync(key), readFileSync(certificate)];
  writeFileSync(file, parts.join('\r\n').replaceAll('\n', '\r\n'));
  const paths = { trustAnchor: authority.certificate, certFile: file, keyFile: file };
  t.equal(problemOf(paths), null);
  const read = readTlsSet(paths);
  t.match(isFaults(read) ? [] : read.chain, [{ subject: 'one' }]);
});

t.test('the own certificate stands first, those after it may be outdated', async (t) => {
  const directory = t.testdir({});
  const authority = new Authority(directory, 'authority');
  const old = new Authority(directory, 'old', { fromMs: -2e9, untilMs: -1e9 });
  const { certificate, key } = authority.issue('own');
  const paths = { trustAnchor: authority.certificate, certFile: join(directory, 'chain.pem'), keyFile: key };
  writeFileSync(paths.certFile, readFileSync(certificate));
  appendFileSync(paths.certFile, readFileSync(old.certificate));
  const read = readTlsSet(paths);
  t.same(isFaults(read) ? read : dateFaults(read, Date.now()), []);
  writeFileSync(paths.certFile, readFileSync(old.certificate));
  appendFileSync(paths.certFile, readFileSync(certificate));
  t.match(
    problemOf(paths),
    /the certificate of old does not fit the key; expected the certificate, first in its file/,
  );
});

t.test('what OpenSSL finds too weak is refused in its words', async (t) => {
  const directory = t.testdir({});
  const [certFile, keyFile] = [join(directory, 'weak.pem'), join(directory, 'weak-key.pem')];
  const weak = ['-newkey', 'rsa:512', '-nodes', '-subj', '/CN=weak', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', ...weak], { stdio: 'pipe' });
  t.match(problemOf({ trustAnchor: certFile, certFile, keyFile }), /OpenSSL refuses it: .*key too small/);
});

t.test('both forms of a key with a passphrase are told apart from broken keys', async (t) => {
  const directory = t.testdir({});
  const authority = new Authority(directory, 'authority');
  const { certificate, key } = authority.issue('own');
  for (const form of [['pkcs8', '-topk8'], ['ec'], ['rsa', '-traditional']]) {
    const keyFile = join(directory, `${form[0]}.pem`);
    const source = form[0] === 'rsa' ? join(directory, 'rsa-plain.pem') : key;
    if (form[0] === 'rsa') execFileSync('openssl', ['genrsa', '-out', source, '1024'], { stdio: 'pipe' });
    const cipher = form[0] === 'pkcs8' ? [] : ['-aes128'];
    const args = [...form, ...cipher, '-in', source, '-passout', 'pass:secret', '-out', keyFile];
    execFileSync('openssl', args, { stdio: 'pipe' });
    const paths = { trustAnchor: authority.certificate, certFile: certificate, keyFile };
    t.match(problemOf(paths), /an encrypted key, whose passphrase nobody can enter/, form.join(' '));
  }
});

t.test('every cut of a certificate is a reason and never an exception, and so is rubbish', async (t) => {
  const pem = readFileSync(new Authority(t.testdir({}), 'authority').certificate);
  for (let length = 1; length < pem.length - 1; length++) {
    const read = parseCertificates(pem.subarray(0, length));
    t.ok('reason' in read || read.length === 0, `${length} octets`);
  }
  fc.assert(
    fc.property(fc.nat(pem.length - 1), fc.nat(255), (at, octet) => {
      const bent = Buffer.from(pem);
      bent[at] = octet;
      parseCertificates(bent);
    }),
    { numRuns: 300 },
  );
});

t.test('a file of begin lines alone costs no more than its length', async (t) => {
  const before = process.cpuUsage();
  const lines = Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(140_000));
  t.match(parseCertificates(lines), { reason: 'a certificate that ends in the middle' });
  const others = Buffer.from('-----BEGIN RSA PUBLIC KEY-----\n'.repeat(130_000));
  t.same(parseCertificates(others), []);
  const { user, system } = process.cpuUsage(before);
  t.ok(user + system < 5_000_000, `${user + system} microseconds`);
});
