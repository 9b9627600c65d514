/** TLS files and basic authentication of a peer. */
import { systemClock } from '../../base/clock.ts';
import { type FileFault, isFaults } from '../../credentials/fault.ts';
import { readLogin } from '../../credentials/login.ts';
import { dateFaults, readTlsSet, type TlsPaths } from '../../credentials/tls-set.ts';
import type { HaPeerConfig, HaSecret } from '../ha-model.ts';
import { child, formatPath, type Path, quote } from '../problem.ts';
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
/** Characters of a path in a problem: without its end it would be of no use. */
const PATH_SHOWN_MAX = 255;

/** The TLS files that stand in a relationship for all of its peers, and what has been said of them. */
export interface SharedTls {
  readonly values: TlsValues;
  /** The relationship. */
  readonly at: Path;
  /** Problems that were reported: peers that share a file share what is wrong with it. */
  readonly told: Set<string>;
}

/**
 * The TLS files of a peer, its own over those of the relationship: all three or none.
 * @param at the peer
 */
export function readTls(own: TlsValues, shared: SharedTls, at: Path, report: Report): HaPeerConfig['tls'] {
  const files = TLS_KEYS.map((key) => own[key] ?? shared.values[key] ?? '');
  if (files.every((file) => file === '')) return null;
  const missing = TLS_KEYS.filter((_, index) => files[index] === '');
  if (missing.length > 0) {
    const found = `no ${missing.map((key) => `"${key}"`).join(' and no ')}`;
    report.error(at, found, 'all of "trust-anchor", "cert-file" and "key-file", or none of them');
    return null;
  }
  const [trustAnchor = '', certFile = '', keyFile = ''] = files;
  const paths = { trustAnchor, certFile, keyFile };
  judgeFiles(paths, report, (fault) => {
    const key = fault.key as (typeof TLS_KEYS)[number];
    const place = child(own[key] === undefined ? shared.at : at, key);
    const problem = JSON.stringify([formatPath(place), fault.reason]);
    if (shared.told.has(problem)) return null;
    shared.told.add(problem);
    return place;
  });
  return paths;
}

/** @param placeOf where a problem is to be reported, null when it has been already */
function judgeFiles(paths: TlsPaths, report: Report, placeOf: (fault: FileFault) => Path | null): void {
  const set = readTlsSet(paths);
  if (isFaults(set)) {
    for (const fault of set) {
      const place = placeOf(fault);
      if (place !== null) report.error(place, foundIn(fault), fault.expected);
    }
    return;
  }
  for (const fault of dateFaults(set, systemClock.wallMs())) {
    const place = placeOf(fault);
    if (place !== null) report.outdated(place, foundIn(fault), fault.expected);
  }
}

/** The user and password of a peer; null without a user. */
export function readBasicAuth(
  values: Values<typeof basicAuthRules>,
  at: Path,
  report: Report,
): HaPeerConfig['basicAuth'] {
  const user = readSecret(values, 'basic-auth-user', at, report);
  const password = readSecret(values, 'basic-auth-password', at, report);
  if ('text' in user && user.text.includes(':'))
    report.error(child(at, 'basic-auth-user'), quote(user.text), 'a user name without a colon');
  const login = readLogin({ user, password });
  if (isFaults(login))
    for (const fault of login) report.error(child(at, fault.key), foundIn(fault), fault.expected);
  return 'text' in user && user.text === '' ? null : { user, password };
}

function readSecret(
  values: Values<typeof basicAuthRules>,
  key: 'basic-auth-user' | 'basic-auth-password',
  at: Path,
  report: Report,
): HaSecret {
  const fileKey = `${key}-file` as const;
  const file = values[fileKey];
  if (file === undefined) return { text: values[key] ?? '' };
  if (values[key] !== undefined)
    report.error(child(at, fileKey), `"${fileKey}" beside "${key}"`, 'one of the two', 'key');
  return { file };
}

function foundIn({ path, reason }: FileFault): string {
  return `${quote(path, PATH_SHOWN_MAX)}: ${reason}`;
}
