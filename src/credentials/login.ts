/** Name and password of basic authentication: each stands in the configuration, or is the first line of a file. */
import { createHash } from 'node:crypto';
import type { HaPeerConfig, HaSecret } from '../config/ha-model.ts';
import type { FileFault } from './fault.ts';
import { readWholeFile, type Unreadable } from './whole-file.ts';

/** Both together have to fit into one header. */
const LOGIN_OCTETS_MAX = 4 * 1024;

export type LoginConfig = NonNullable<HaPeerConfig['basicAuth']>;

export interface Login {
  readonly user: string;
  readonly password: string;
  /** The same for the same content; tells nothing of it. */
  readonly digest: string;
}

/** @returns the login, or all that is wrong with its files. Never throws */
export function readLogin(config: LoginConfig): Login | readonly FileFault[] {
  const user = readPart(config.user, 'basic-auth-user-file');
  const password = readPart(config.password, 'basic-auth-password-file');
  if (typeof user !== 'string' || typeof password !== 'string')
    return [user, password].filter((part) => typeof part !== 'string');
  const digest = createHash('sha256')
    .update(JSON.stringify([user, password]))
    .digest('base64');
  return { user, password, digest };
}

function readPart(
  secret: HaSecret,
  key: 'basic-auth-user-file' | 'basic-auth-password-file',
): string | FileFault {
  if ('text' in secret) return secret.text;
  const { file } = secret;
  const line = readFirstLine(file);
  if (typeof line !== 'string')
    return { key, path: file, reason: line.reason, expected: 'a readable file of one line' };
  // A colon ends the name in what is sent.
  if (key === 'basic-auth-user-file' && line.includes(':'))
    return { key, path: file, reason: 'a name with a colon', expected: 'a user name without a colon' };
  return line;
}

/** An empty line is a file that somebody is just writing; taken as it is, a port would ask for no password. */
function readFirstLine(path: string): string | Unreadable {
  const bytes = readWholeFile(path, LOGIN_OCTETS_MAX);
  if ('reason' in bytes) return bytes;
  const line = bytes.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  return line === '' ? { reason: bytes.length === 0 ? 'an empty file' : 'an empty first line' } : line;
}
