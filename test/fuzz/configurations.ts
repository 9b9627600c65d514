/**
 * The text of a configuration. What is taken can be made ready for the shards, is handed to them whole, and means the same when
 * config-get has shown it and config-set has sent it back.
 */
import { ClassProgram } from '../../src/classes/class-program.ts';
import { QUERY_ACCESS_4 } from '../../src/classes/dhcp4/query-access.ts';
import { completeDocument } from '../../src/config/complete/dhcp4.ts';
import { checkDocument, parseConfig } from '../../src/config/load.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { compileConfiguration } from '../../src/engine/compiled/compiled-configuration.ts';
import { allocateServerPools, leasableAddresses } from '../../src/engine/subnets/pool-plan.ts';
import { hotStandby, loadBalancing } from '../config/fixtures/examples.ts';
import { FILES } from '../interop/kea-files.ts';
import type { Target } from './fuzzer.ts';

/** Of the pools of one input: what a test machine has memory for. */
const ADDRESSES_MAX = 1 << 22;

/** Words without what is different each time. */
function words(value: string): string {
  return value.replace(/"[^"]*"|'[^']*'|[\d.:/]+/g, '_');
}

const INTERFACES = '"interfaces-config":{"interfaces":["lo/127.0.0.1"],"dhcp-socket-type":"udp"}';
const around = (members: string): string => `{"Dhcp4":{${INTERFACES},${members}}}`;

/** Everything that a shard and main make of a configuration before they serve. */
function makeReady(config: ServerConfig): void {
  const { classes } = compileConfiguration(structuredClone(config));
  new ClassProgram(config.clientClasses, classes, QUERY_ACCESS_4);
  if (leasableAddresses(config) < ADDRESSES_MAX) allocateServerPools(config);
}

/** A comment becomes a part of the user context in what is shown. */
const plain = (config: ServerConfig): string =>
  JSON.stringify(config, (key, value) => (key === 'userContext' ? null : value));

function checkRoundTrip(config: ServerConfig, document: Readonly<Record<string, unknown>>): void {
  const shown = completeDocument(document);
  const again = checkDocument(shown, { ignoreUnsupported: true, allowOutdated: true });
  if (!again.ok) throw new Error(`refused when it is sent back: ${again.problems.map(formatProblem)[0]}`);
  if (plain(again.config) !== plain(config)) throw new Error('another configuration when it is sent back');
  JSON.stringify(shown);
}

export function configurations(): Target {
  const many = Object.values(FILES).flat();
  return {
    name: 'configurations',
    outcomesMin: 80,
    seeds: [hotStandby, loadBalancing, ...many.map(around)].map((text) => Uint8Array.from(Buffer.from(text))),
    words: [
      ...new Set(many.join(',').match(/"[a-z0-9-]+":/g)),
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
      '<?include "/x"?>',
    ],
    run: (input) => {
      const options = { ignoreUnsupported: true, allowOutdated: true };
      const result = parseConfig(Buffer.from(input).toString('utf8'), 'kea.conf', options);
      if (result.ok) {
        makeReady(result.config);
        checkRoundTrip(result.config, result.document);
        const { clientClasses, subnets, sharedNetworks, relationships } = result.config;
        return `accepted ${[clientClasses, subnets, sharedNetworks, relationships].map(({ length }) => Math.min(3, length))}`;
      }
      if (result.problems.length === 0) throw new Error('refused without a problem');
      const texts = result.problems.map(formatProblem);
      const whole = texts.find((each) => !/expected/.test(each));
      if (whole !== undefined) throw new Error(`a problem that does not say what is expected: ${whole}`);
      // Not where, but what.
      return words(texts[0]!.slice(texts[0]!.indexOf('expected')));
    },
    close: () => {},
  };
}
