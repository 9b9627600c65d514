/** config-get, config-hash-get, config-test and config-reload, as Kea answers them. */
import { createHash } from 'node:crypto';
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';

/** What became of a check or a reload; `problems` are lines for the operator, empty when all is well. */
export interface ConfigOutcome {
  readonly ok: boolean;
  readonly problems: readonly string[];
}

export interface ConfigurationSources {
  /** The configuration in force as a JSON document with the member `Dhcp4`; never changed, only replaced. */
  readonly document: () => object;
  /** Checks a document without applying anything. Does not reject for bad input. */
  readonly check: (document: object) => ConfigOutcome | Promise<ConfigOutcome>;
  /** Reads the configuration file again and applies it, one reload after the other; on failure the old one stays in force. */
  readonly reload: () => Promise<ConfigOutcome>;
}

/** More would make an answer that nobody reads. */
const PROBLEMS_SHOWN_MAX = 20;

const hashes = new WeakMap<object, string>();

export function createConfigurationCommands(sources: ConfigurationSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['config-get', () => configGet(sources)],
    ['config-hash-get', () => configHashGet(sources)],
    ['config-test', (args) => configTest(sources, args)],
    ['config-reload', createReload(sources)],
  ]);
}

/**
 * SHA-256 over `{"Dhcp4": ...}` as compact JSON with sorted keys, 64 hex digits: equal configurations have equal hashes.
 * Monitoring asks for it every few seconds and a document of 20,000 subnets takes a while, so each is hashed once.
 */
export function configHash(document: object): string {
  const known = hashes.get(document);
  if (known !== undefined) return known;
  const hash = createHash('sha256')
    .update(JSON.stringify(ownPart(document), sortedKeys))
    .digest('hex');
  hashes.set(document, hash);
  return hash;
}

/** The file may hold the configuration of other programs too, with their passwords; those are not this server's to show. */
function ownPart(document: object): { readonly Dhcp4: unknown } {
  return { Dhcp4: (document as { readonly Dhcp4?: unknown }).Dhcp4 };
}

function configGet({ document }: ConfigurationSources): Answer {
  const current = document();
  return { result: Result.success, arguments: { ...ownPart(current), hash: configHash(current) } };
}

function configHashGet({ document }: ConfigurationSources): Answer {
  return { result: Result.success, arguments: { hash: configHash(document()) } };
}

async function configTest({ check }: ConfigurationSources, args: unknown): Promise<Answer> {
  if (args === undefined) return failure("Missing mandatory 'arguments' parameter.");
  if (!isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  if (args['Dhcp4'] === undefined) return failure("Missing mandatory 'Dhcp4' parameter.");
  const unknown = Object.keys(args).find((key) => key !== 'Dhcp4');
  if (unknown !== undefined) return failure(`Unsupported '${unknown.slice(0, 64)}' parameter.`);
  if (!isMap(args['Dhcp4'])) return failure("'Dhcp4' parameter expected to be a map.");
  const outcome = await check({ Dhcp4: args['Dhcp4'] });
  if (!outcome.ok) return failure(listed(outcome.problems));
  return success(
    'Configuration seems sane. Control-socket, hook-libraries, and D2 configuration were sanity checked, but not applied.',
  );
}

function createReload({ reload, document }: ConfigurationSources): CommandHandler {
  return async () => {
    const outcome = await reload();
    if (!outcome.ok) return failure(`Config reload failed: ${listed(outcome.problems)}`);
    return success('Configuration successful.', { hash: configHash(document()) });
  };
}

function listed(problems: readonly string[]): string {
  const rest = problems.length - PROBLEMS_SHOWN_MAX;
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).join('\n');
  return rest > 0 ? `${shown}\n... and ${rest} more` : shown;
}

/** JSON.stringify replacer that puts the keys of every map in order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
