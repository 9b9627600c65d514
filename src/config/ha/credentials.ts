/** TLS files and basic authentication of a peer. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import type { HaPeerConfig } from '../ha-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import type { Rules, Values } from '../schema/map.ts';
import { secret, text } from '../schema/scalars.ts';

/** Keys of a relationship and, over it, of each peer. An empty string is "unset" and switches TLS off for one peer. */
export const tlsRules = {
  'trust-anchor': text(),
  'cert-file': text(),
  'key-file': text(),
} as const satisfies Rules;

export const basicAuthRules = {
  'basic-auth-user': text(),
  'basic-auth-user-file': text(),
  'basic-auth-password': secret(),
  'basic-auth-password-file': text(),
} as const satisfies Rules;

type TlsValues = Values<typeof tlsRules>;
const TLS_KEYS = ['trust-anchor', 'cert-file', 'key-file'] as const;
/** A password is a line; the certificates of all authorities of the world take less than this. */
const FILE_OCTETS_MAX = 4 * 1024 * 1024;
/** Characters of a path in a problem: without its end it would be of no use. */
const PATH_SHOWN_MAX = 255;

/**
 * The TLS files of a peer, its own over those of the relationship: all three or none.
 * @param at the peer
 */
export function readTls(own: TlsValues, shared: TlsValues, at: Path, report: Report): HaPeerConfig['tls'] {
  const [trustAnchor = '', certFile = '', keyFile = ''] = TLS_KEYS.map(
    (key) => own[key] ?? shared[key] ?? '',
  );
  const files = [trustAnchor, certFile, keyFile];
  if (files.every((file) => file === '')) return null;
  const missing = TLS_KEYS.filter((_, index) => files[index] === '');
  if (missing.length > 0) {
    const found = `no ${missing.map((key) => `"${key}"`).join(' and no ')}`;
    report.error(at, found, 'all of "trust-anchor", "cert-file" and "key-file", or none of them');
    return null;
  }
  for (const [index, key] of TLS_KEYS.entries()) {
    const reason = whyUnreadable(files[index]!, key === 'trust-anchor');
    if (reason !== null)
      report.error(child(at, key), `${quote(files[index]!, PATH_SHOWN_MAX)}: ${reason}`, 'a readable file');
  }
  return { trustAnchor, certFile, keyFile };
}

/** The user and password that are sent to a peer; null without a user. */
export function readBasicAuth(
  values: Values<typeof basicAuthRules>,
  at: Path,
  report: Report,
): HaPeerConfig['basicAuth'] {
  const user = readCredential(values, 'basic-auth-user', at, report);
  const password = readCredential(values, 'basic-auth-password', at, report);
  if (user === '') return null;
  if (user.includes(':')) {
    report.error(child(at, 'basic-auth-user'), quote(user), 'a user name without a colon');
  }
  return { user, password };
}

function readCredential(
  values: Values<typeof basicAuthRules>,
  key: 'basic-auth-user' | 'basic-auth-password',
  at: Path,
  report: Report,
): string {
  const fileKey = `${key}-file` as const;
  const file = values[fileKey];
  if (file === undefined) return values[key] ?? '';
  if (values[key] !== undefined)
    report.error(child(at, fileKey), `"${fileKey}" beside "${key}"`, 'one of the two', 'key');
  return readLine(file, child(at, fileKey), report);
}

function readLine(file: string, at: Path, report: Report): string {
  let reason = whyUnreadable(file, false);
  try {
    if (reason === null) return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    // access(2) asks for the real user, read(2) for the effective one; and files may go away in between.
    reason = (error as NodeJS.ErrnoException).code ?? String(error);
  }
  report.error(at, `${quote(file, PATH_SHOWN_MAX)}: ${reason}`, 'a readable file of one line');
  return '';
}

/** Why a file cannot be used, or null when it can be read. */
function whyUnreadable(path: string, mayBeDirectory: boolean): string | null {
  try {
    accessSync(path, constants.R_OK);
    const stat = statSync(path);
    if (stat.isFile() && stat.size > FILE_OCTETS_MAX) return 'too large';
    if (stat.isFile() || (mayBeDirectory && stat.isDirectory())) return null;
    return stat.isDirectory() ? 'a directory' : 'not a file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'cannot be read';
  }
}
