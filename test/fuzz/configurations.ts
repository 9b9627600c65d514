/**
 * The text of a configuration. What is taken can be made ready for the shards, is handed to them whole, and means the same when
 * config-get has shown it and config-set has sent it back.
 */
import { readFileSync } from 'node:fs';
import { ClassProgram } from '../../src/classes/class-program.ts';
import { QUERY_ACCESS_4 } from '../../src/classes/dhcp4/query-access.ts';
import { QUERY_ACCESS_6 } from '../../src/classes/dhcp6/query-access.ts';
import type { Loaded, Refused, Server } from '../../src/config/check.ts';
import { completeDocument } from '../../src/config/complete/dhcp4.ts';
import { completeDocument6 } from '../../src/config/complete/dhcp6.ts';
import type { ServerConfig6 } from '../../src/config/dhcp6/model.ts';
import { DHCP4 } from '../../src/config/load.ts';
import { DHCP6 } from '../../src/config/load6.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { readServerDocument, readServerText } from '../../src/config/read.ts';
import { compileConfiguration } from '../../src/engine/compiled/compiled-configuration.ts';
import { compileConfiguration6 } from '../../src/engine/dhcp6/compiled/compiled-configuration.ts';
import { longestReplyBytes6 } from '../../src/engine/dhcp6/reply/reply-size.ts';
import { allocateServerPools6 } from '../../src/engine/dhcp6/subnets/pool-memory.ts';
import { allocateServerPools, leasableAddresses } from '../../src/engine/subnets/pool-plan.ts';
import { hotStandby, loadBalancing } from '../config/fixtures/examples.ts';
import { FILES } from '../interop/kea-files.ts';
import type { Target } from './fuzzer.ts';

/** Of the pools of one input: what a test machine has memory for. */
const ADDRESSES_MAX = 1 << 22;

const OPTIONS = { ignoreUnsupported: true, allowOutdated: true };
const WORDS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '4294967295',
    '-1',
    'null',
    'true',
    '""',
    '10.0.0.0/8',
    '"2001:db8::/64"',
  ],
  '<?include "/x"?>',
];

/** Words without what is different each time. */
function words(value: string): string {
  return value.replace(/"[^"]*"|'[^']*'|[\d.:/]+/g, '_');
}

const INTERFACES = '"interfaces-config":{"interfaces":["lo/127.0.0.1"],"dhcp-socket-type":"udp"}';
const around = (members: string): string => `{"Dhcp4":{${INTERFACES},${members}}}`;

type Config = ServerConfig | ServerConfig6;

/** What the way of a text into a server is made of, in each family. */
interface Family<C extends Config> {
  readonly server: Server<C>;
  readonly complete: (document: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Does everything that a shard and main make of a configuration before they serve. */
  readonly makeReady: (config: C) => void;
}

const FAMILY_4: Family<ServerConfig> = {
  server: DHCP4,
  complete: completeDocument,
  makeReady: (config) => {
    const { classes } = compileConfiguration(structuredClone(config));
    new ClassProgram(config.clientClasses, classes, QUERY_ACCESS_4);
    if (leasableAddresses(config) < ADDRESSES_MAX) allocateServerPools(config);
  },
};

const FAMILY_6: Family<ServerConfig6> = {
  server: DHCP6,
  complete: completeDocument6,
  makeReady: (config) => {
    const { classes } = compileConfiguration6(structuredClone(config));
    new ClassProgram(config.clientClasses, classes, QUERY_ACCESS_6);
    longestReplyBytes6(config);
    allocateServerPools6(config);
  },
};

/** A comment becomes a part of the user context in what is shown. */
const plain = (config: object): string =>
  JSON.stringify(config, (key, value) => (key === 'userContext' ? null : value));

function checkRoundTrip<C extends Config>(
  { server, complete }: Family<C>,
  { config, document }: Loaded<C>,
): void {
  const shown = complete(document);
  const again = readServerDocument(server, shown, OPTIONS);
  if (!again.ok) throw new Error(`refused when it is sent back: ${again.problems.map(formatProblem)[0]}`);
  if (plain(again.config) !== plain(config)) throw new Error('another configuration when it is sent back');
  JSON.stringify(shown);
}

function outcomeOf<C extends Config>(family: Family<C>, result: Loaded<C> | Refused): string {
  if (result.ok) {
    family.makeReady(result.config);
    checkRoundTrip(family, result);
    const { clientClasses, subnets, sharedNetworks, relationships } = result.config;
    return `accepted ${[clientClasses, subnets, sharedNetworks, relationships].map(({ length }) => Math.min(3, length))}`;
  }
  if (result.problems.length === 0) throw new Error('refused without a problem');
  const texts = result.problems.map(formatProblem);
  const whole = texts.find((each) => !/expected/.test(each));
  if (whole !== undefined) throw new Error(`a problem that does not say what is expected: ${whole}`);
  // Not where, but what.
  return words(texts[0]!.slice(texts[0]!.indexOf('expected')));
}

function targetOf<C extends Config>(
  name: string,
  outcomesMin: number,
  family: Family<C>,
  seeds: readonly string[],
): Target {
  return {
    name,
    outcomesMin,
    seeds: seeds.map((text) => Uint8Array.from(Buffer.from(text))),
    words: [...new Set(seeds.join(',').match(/"[a-z0-9-]+":/g)), ...WORDS],
    run: (input) => {
      const text = Buffer.from(input).toString('utf8');
      return outcomeOf(family, readServerText(family.server, text, 'kea.conf', OPTIONS));
    },
    close: () => {},
  };
}

export function configurations(): Target {
  const many = Object.values(FILES).flat();
  return targetOf('configurations', 80, FAMILY_4, [hotStandby, loadBalancing, ...many.map(around)]);
}

/** Those of DHCPv6. */
export function configurations6(): Target {
  const file = new URL('../../../test/config/fixtures/complete-kea22-dhcp6.json', import.meta.url);
  const { given } = JSON.parse(readFileSync(file, 'utf8')) as { given: { Dhcp6: Record<string, unknown> } };
  // Each section alone too: what is wrong first in the whole hides what follows it.
  const sections = Object.entries(given.Dhcp6).map(([key, value]) => ({ Dhcp6: { [key]: value } }));
  return targetOf(
    'configurations6',
    60,
    FAMILY_6,
    [given, ...sections].map((each) => JSON.stringify(each)),
  );
}
