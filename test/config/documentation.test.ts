/**
 * docs/configuration.md repeats the tables of keys; neither may say what the other does not. docs/kea-compatibility.md has the state
 * of every key of Kea, made from the tables.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { pauseSchema, stateMachineSchema } from '../../src/config/ha/pauses.ts';
import { peerSchema } from '../../src/config/ha/peer.ts';
import { haThreadsSchema, relationshipSchema } from '../../src/config/ha/relationship.ts';
import { flexIdSchema } from '../../src/config/hooks/flex-id.ts';
import {
  flexOptionEntrySchema,
  flexOptionSchema,
  flexSubOptionSchema,
} from '../../src/config/hooks/flex-option.ts';
import { legalLogSchema } from '../../src/config/hooks/legal-log.ts';
import { limitsSchema } from '../../src/config/hooks/limits.ts';
import { alarmSchemas, durationKeySchemas, perfmonSchema } from '../../src/config/hooks/perfmon.ts';
import { pingCheckSchema, subnetPingCheckSchema } from '../../src/config/hooks/ping-check.ts';
import { runScriptSchema } from '../../src/config/hooks/run-script.ts';
import { keaKeys } from '../../src/config/schema/kea-keys.ts';
import type { MapSchema } from '../../src/config/schema/map.ts';
import type { Effect } from '../../src/config/schema/rule.ts';
import { authenticationSchema, clientSchema } from '../../src/config/sections/control-clients.ts';
import { controlSocketSchema, headerSchema } from '../../src/config/sections/control-sockets.ts';
import { ddnsSchema } from '../../src/config/sections/ddns.ts';
import { clientClassSchema } from '../../src/config/sections/dhcp4/client-classes.ts';
import { compatibilitySchema } from '../../src/config/sections/dhcp4/compatibility.ts';
import { dhcp4Schema } from '../../src/config/sections/dhcp4/dhcp4.ts';
import { interfacesSchema } from '../../src/config/sections/dhcp4/interfaces.ts';
import { reservationSchema } from '../../src/config/sections/dhcp4/reservations.ts';
import { sharedNetworkSchema } from '../../src/config/sections/dhcp4/shared-networks.ts';
import { subnetSchema } from '../../src/config/sections/dhcp4/subnets.ts';
import { clientClassSchema6 } from '../../src/config/sections/dhcp6/client-classes.ts';
import { compatibilitySchema6, dhcp6Schema } from '../../src/config/sections/dhcp6/dhcp6.ts';
import { interfacesSchema6 } from '../../src/config/sections/dhcp6/interfaces.ts';
import { pdPoolSchema } from '../../src/config/sections/dhcp6/pd-pools.ts';
import { reservationSchema6 } from '../../src/config/sections/dhcp6/reservations.ts';
import { serverIdSchema } from '../../src/config/sections/dhcp6/server-id.ts';
import { sharedNetworkSchema6 } from '../../src/config/sections/dhcp6/shared-networks.ts';
import { subnetSchema6 } from '../../src/config/sections/dhcp6/subnets.ts';
import { multiThreadingSchema } from '../../src/config/sections/global.ts';
import {
  haParametersSchema,
  hookSchema,
  leaseCommandsParametersSchema,
} from '../../src/config/sections/hooks.ts';
import { loggerOutputSchema, loggerSchema } from '../../src/config/sections/loggers.ts';
import { optionDefinitionSchema } from '../../src/config/sections/option-def.ts';
import { optionSchema } from '../../src/config/sections/options.ts';
import { poolSchema, poolSchema6 } from '../../src/config/sections/pools.ts';
import { queueSchema } from '../../src/config/sections/queue-control.ts';
import { relaySchema, relaySchema6 } from '../../src/config/sections/relay.ts';
import {
  expiredLeasesSchema,
  leaseDatabaseSchema,
  sanityChecksSchema,
} from '../../src/config/sections/storage.ts';
import { tandemSchema } from '../../src/config/sections/tandem-settings.ts';
import { configControlSchema } from '../../src/config/sections/unimplemented.ts';

const schemas: readonly MapSchema[] = [
  clientClassSchema,
  authenticationSchema,
  clientSchema,
  compatibilitySchema,
  configControlSchema,
  controlSocketSchema,
  headerSchema,
  ddnsSchema,
  dhcp4Schema,
  expiredLeasesSchema,
  haParametersSchema,
  haThreadsSchema,
  hookSchema,
  interfacesSchema,
  leaseCommandsParametersSchema,
  leaseDatabaseSchema,
  flexIdSchema,
  flexOptionEntrySchema,
  flexOptionSchema,
  flexSubOptionSchema,
  legalLogSchema,
  limitsSchema,
  loggerOutputSchema,
  loggerSchema,
  multiThreadingSchema,
  optionDefinitionSchema,
  optionSchema,
  pauseSchema,
  peerSchema,
  perfmonSchema,
  alarmSchemas[4],
  durationKeySchemas[4],
  pingCheckSchema,
  subnetPingCheckSchema,
  poolSchema,
  queueSchema,
  relationshipSchema,
  relaySchema,
  runScriptSchema,
  reservationSchema,
  sanityChecksSchema,
  sharedNetworkSchema,
  stateMachineSchema,
  subnetSchema,
  tandemSchema,
];

const text = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
/** What the keys of DHCPv6 have of their own stands behind this, up to the next heading of its kind. */
const [, own6 = ''] = /^## Keys of DHCPv6\n(.*?)^## /ms.exec(text) ?? [];
const text4 = text.replace(own6, '');

function effectOf(heading: string): Effect {
  if (heading.startsWith('Accepted without effect')) return 'accepted';
  return heading.startsWith('Not implemented') ? 'refused' : 'used';
}

/** The maps of DHCPv6, and what of DHCPv4 their keys are told by where they are the same. */
const schemas6: readonly (readonly [schema: MapSchema, twin: MapSchema | null])[] = [
  [clientClassSchema6, clientClassSchema],
  [compatibilitySchema6, compatibilitySchema],
  [dhcp6Schema, dhcp4Schema],
  [interfacesSchema6, interfacesSchema],
  [pdPoolSchema, poolSchema],
  [poolSchema6, poolSchema],
  [relaySchema6, relaySchema],
  [reservationSchema6, reservationSchema],
  [serverIdSchema, null],
  [sharedNetworkSchema6, sharedNetworkSchema],
  [subnetSchema6, subnetSchema],
];

/** The rows of a part of the page for each map, as "map key: effect, values, default" where the default is a value. */
function documentedRows(part: string): string[] {
  const rows: string[] = [];
  for (const section of part.split(/^### /m).slice(1)) {
    const [heading = '', ...lines] = section.split(/^## /m)[0]!.split('\n');
    const maps = [...heading.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    for (const line of lines) {
      const [, key, values, fallback = ''] = /^\| `([^`]+)` \| (.*?) \|(?: (.*?) ?\|.*)?$/.exec(line) ?? [];
      if (key === undefined) continue;
      for (const map of maps) rows.push(`${map} ${key}: ${effectOf(heading)}, ${values}, ${fallback}`);
    }
  }
  return rows;
}

/** The same of the program; a default that the tables do not hold is taken from the page. */
function actualRows(rows: readonly KeyRow[], documented: readonly string[]): string[] {
  return rows.map(({ name, key, rule }) => {
    const start = `${name} ${key}: ${rule.effect}, ${rule.expected}, `;
    if (rule.isRequired) return `${start}required`;
    if (rule.fallback !== undefined) return `${start}${JSON.stringify(rule.fallback)}`;
    return documented.find((row) => row.startsWith(start)) ?? start;
  });
}

interface KeyRow {
  readonly name: string;
  readonly key: string;
  readonly rule: MapSchema['rules'][string];
}

function rowsOf({ name, rules }: MapSchema): KeyRow[] {
  return Object.entries(rules).map(([key, rule]) => ({ name, key, rule }));
}

/** Keys whose meaning is another one, although their values are the same. */
const OTHER_MEANING = ['calculate-tee-times', 't2-percent'];

function isTold({ key, rule }: KeyRow, twin: MapSchema | null): boolean {
  const other = twin?.rules[key];
  if (other === undefined || OTHER_MEANING.includes(key)) return false;
  return (
    other.expected === rule.expected &&
    other.effect === rule.effect &&
    other.isRequired === rule.isRequired &&
    JSON.stringify(other.fallback) === JSON.stringify(rule.fallback)
  );
}

t.test('the page and the program have the same keys, values and defaults', async (t) => {
  const documented = documentedRows(text4);
  t.ok(documented.length > 150);
  t.strictSame([...documented].sort(), actualRows(schemas.flatMap(rowsOf), documented).sort());
});

t.test('keys of DHCPv6 that are not as those of DHCPv4 have rows of their own, and no others', async (t) => {
  const documented = documentedRows(own6);
  const untold = schemas6.flatMap(([schema, twin]) => rowsOf(schema).filter((row) => !isTold(row, twin)));
  t.strictSame([...documented].sort(), actualRows(untold, documented).sort());
});

t.test('the defaults of inherited keys that only the page spells out are those of the program', async (t) => {
  const { networkDefaults } = await import('../../src/config/sections/dhcp4/network.ts');
  const { lifetime, t1Percent, t2Percent, cacheThreshold } = networkDefaults;
  for (const [key, value] of [
    ['valid-lifetime', lifetime.defaultSec],
    ['t1-percent', t1Percent],
    ['t2-percent', t2Percent],
    ['cache-threshold', cacheThreshold],
  ])
    t.match(text, new RegExp(`^\\| \`${key}\` \\| [^|]* \\| ${value} \\|`, 'm'));
});

const BEGIN = '<!-- keys: made by test/config/documentation.test.ts -->\n';
const END = '<!-- end of keys -->\n';

/** Keys of nearly every map, and what Kea adds to its own answers. */
const ANYWHERE = ['comment', 'user-context', 'metadata'];

const STATES: Readonly<Record<Effect, string>> = {
  used: 'as in Kea',
  accepted: 'accepted without effect',
  refused: 'not implemented',
};

/** The keys of one map by their state, ascending. */
function rowOf(name: string, effects: ReadonlyMap<string, Effect>): string {
  const cells = (Object.keys(STATES) as Effect[]).map((state) =>
    [...effects]
      .filter(([, effect]) => effect === state)
      .map(([key]) => `\`${key}\``)
      .sort()
      .join(', '),
  );
  return `| \`${name}\` | ${cells.join(' | ')} |`.replaceAll(/\| {2}(?=\|)/g, '| ');
}

function tableOf(list: readonly MapSchema[]): { readonly rows: string; readonly keys: ReadonlySet<string> } {
  const maps = new Map<string, Map<string, Effect>>();
  for (const { name, rules } of list) {
    const effects = maps.get(name) ?? new Map<string, Effect>();
    for (const [key, rule] of Object.entries(rules)) effects.set(key, rule.effect);
    maps.set(name, effects);
  }
  const header = `| map | ${Object.values(STATES).join(' | ')} |\n|---|---|---|---|\n`;
  const rows = [...maps].map(([name, effects]) => rowOf(name, effects)).sort();
  const keys = new Set([...maps.values()].flatMap((effects) => [...effects.keys()]));
  return { rows: `${header}${rows.join('\n')}\n`, keys };
}

function table(): string {
  const { rows, keys } = tableOf(schemas);
  const unheard = [...keaKeys].filter((key) => !keys.has(key) && !ANYWHERE.includes(key));
  const others = `In no table, and refused: ${unheard.map((key) => `\`${key}\``).join(', ')}.\n`;
  const own = tableOf(schemas6.map(([schema]) => schema)).rows;
  return `${rows}\n${others}\nMaps of DHCPv6 that are others than those of DHCPv4:\n\n${own}`;
}

t.test('the page has the state of every key', async (t) => {
  const file = new URL('../../../docs/kea-compatibility.md', import.meta.url);
  const page = readFileSync(file, 'utf8');
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  t.ok(begin > BEGIN.length && end > begin, 'both marks are there');
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined)
    writeFileSync(file, `${page.slice(0, begin)}\n${table()}\n${page.slice(end)}`);
  else t.equal(page.slice(begin, end).trim(), table().trim());
});
