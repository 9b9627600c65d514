/** `authentication` of a control socket: who may use it, by name and password. */
import { resolve } from 'node:path';
import { isFaults } from '../../credentials/fault.ts';
import { readLogin } from '../../credentials/login.ts';
import type { ControlClientConfig } from '../control-model.ts';
import type { HaSecret } from '../ha-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { required, rule, withDefault } from '../schema/rule.ts';
import { name, oneOf, secret, text } from '../schema/scalars.ts';

const REALM = 'kea-dhcpv4-server';
const LOGIN_KEYS = { user: 'user-file', password: 'password-file' } as const;
/** A quote would end it in the header that names it. */
const realm = rule('a text of printable ASCII without quotes', (value) =>
  typeof value === 'string' && /^[ !#-[\]-~]*$/.test(value) ? value : undefined,
);

export const authenticationSchema = defineMap('authentication', {
  type: required(oneOf('basic')),
  realm: withDefault(realm, REALM),
  directory: text(),
  clients: withDefault(list(), []),
});

export const clientSchema = defineMap('clients[]', {
  user: name(),
  'user-file': name(),
  password: secret(),
  'password-file': name(),
});

export interface Authentication {
  readonly realm: string;
  readonly clients: readonly ControlClientConfig[];
}

/** @param value undefined when the socket has no such map */
export function readAuthentication(value: unknown, at: Path, report: Report): Authentication {
  const values = value === undefined ? undefined : readMap(authenticationSchema, value, at, report);
  if (values === undefined) return { realm: REALM, clients: [] };
  const clients = values.clients.flatMap((entry, index) => {
    const place = child(child(at, 'clients'), index);
    const client = readMap(clientSchema, entry, place, report);
    return client === undefined ? [] : readClient(client, values.directory ?? '/', place, report);
  });
  return { realm: values.realm, clients };
}

/** @param directory of files with a relative name */
function readClient(
  values: Values<typeof clientSchema.rules>,
  directory: string,
  at: Path,
  report: Report,
): readonly ControlClientConfig[] {
  const user = readPart(values, 'user', directory, at, report);
  const password = readPart(values, 'password', directory, at, report) ?? { text: '' };
  if (user !== null && 'text' in user && user.text.includes(':')) {
    report.error(child(at, 'user'), quote(user.text), 'a user name without a colon');
    return [];
  }
  if (user === null && 'text' in password) {
    report.error(
      child(at, 'user'),
      'nothing',
      '"user", "user-file", or a "password-file" with "user:password"',
    );
    return [];
  }
  const client = { user, password };
  const login = readLogin(client, LOGIN_KEYS);
  if (!isFaults(login)) return [client];
  for (const fault of login)
    report.error(child(at, fault.key), `${quote(fault.path, 255)}: ${fault.reason}`, fault.expected);
  return [];
}

function readPart(
  values: Values<typeof clientSchema.rules>,
  key: 'user' | 'password',
  directory: string,
  at: Path,
  report: Report,
): HaSecret | null {
  const file = values[`${key}-file`];
  const given = values[key];
  if (file !== undefined && given !== undefined)
    report.error(child(at, `${key}-file`), `"${key}-file" beside "${key}"`, 'one of the two', 'key');
  if (file !== undefined) return { file: resolve(directory, file) };
  return given === undefined ? null : { text: given };
}
