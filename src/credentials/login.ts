/** Name and password of basic authentication: each stands in the configuration, or is the first line of a file. */
import { createHash } from 'node:crypto';
import type { HaSecret } from '../config/ha-model.ts';
import type { FileFault } from './fault.ts';
import { readWholeFile, type Unreadable } from './whole-file.ts';

/** Both together have to fit into one header. */
const LOGIN_OCTETS_MAX = 4 * 1024;

/** Null as the user: the file of the password holds "user:password". */
export interface LoginConfig {
  readonly user: HaSecret | null;
  readonly password: HaSecret;
}

/** How the configuration calls the two files. */
export interface LoginKeys {
  readonly user: FileFault['key'];
  readonly password: FileFault['key'];
}

const PEER_KEYS: LoginKeys = { user: 'basic-auth-user-file', password: 'basic-auth-password-file' };

export interface Login {
  readonly user: string;
  readonly password: string;
  /** The same for the same content; tells nothing of it. */
  readonly digest: string;
}

/** @returns the login, or all that is wrong with its files. Never throws */
export function readLogin(config: LoginConfig, keys: LoginKeys = PEER_KEYS): Login | readonly FileFault[] {
  if (config.user === null) return readBoth(config.password, keys);
  const user = readPart(config.user, keys.user);
  const password = readPart(config.password, keys.password);
  if (typeof user !== 'string' || typeof password !== 'string')
    return [user, password].filter((part) => typeof part !== 'string');
  // A colon ends the name in what is sent.
  if ('file' in config.user && user.includes(':'))
    return [
      {
        key: keys.user,
        path: config.user.file,
        reason: 'a name with a colon',
        expected: 'a user name without a colon',
      },
    ];
  return loginOf(user, password);
}

function readBoth(secret: HaSecret, keys: LoginKeys): Login | readonly FileFault[] {
  const line = readPart(secret, keys.password);
  if (typeof line !== 'string') return [line];
  const colon = line.indexOf(':');
  if (colon > 0) return loginOf(line.slice(0, colon), line.slice(colon + 1));
  const path = 'file' in secret ? secret.file : '';
  return [{ key: keys.password, path, reason: 'no user name before a colon', expected: '"user:password"' }];
}

function loginOf(user: string, password: string): Login {
  const digest = createHash('sha256')
    .update(JSON.stringify([user, password]))
    .digest('base64');
  return { user, password, digest };
}

function readPart(secret: HaSecret, key: FileFault['key']): string | FileFault {
  if ('text' in secret) return secret.text;
  const { file } = secret;
  const line = readFirstLine(file);
  if (typeof line !== 'string')
    return { key, path: file, reason: line.reason, expected: 'a readable file of one line' };
  return line;
}

/** An empty line is a file that somebody is just writing; taken as it is, a port would ask for no password. */
function readFirstLine(path: string): string | Unreadable {
  const bytes = readWholeFile(path, LOGIN_OCTETS_MAX);
  if ('reason' in bytes) return bytes;
  const line = bytes.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  return line === '' ? { reason: bytes.length === 0 ? 'an empty file' : 'an empty first line' } : line;
}
