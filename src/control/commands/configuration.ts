/** config-get, config-hash-get, config-test, config-set, config-write, config-reload and server-tag-get, as Kea answers them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { type ArgumentMap, isMap, NOT_A_MAP } from '../arguments.ts';
import { placeInside, type WritablePlace, writeWhole } from '../write-file.ts';

/** What became of a check or a reload; `problems` are lines for the operator, empty when all is well. */
export interface ConfigOutcome {
  readonly ok: boolean;
  readonly problems: readonly string[];
}

/** Makes the next document out of the one in force, which it leaves as it is; null = nothing is to be changed. */
export type DocumentEdit = (document: ArgumentMap) => ArgumentMap | null;

/** The member of a document that is the configuration of a server. */
export type ConfigurationKey = 'Dhcp4' | 'Dhcp6';

export interface ConfigurationSources {
  readonly key: ConfigurationKey;
  /** The configuration in force as a JSON document with this member; never changed, only replaced. */
  readonly document: () => ArgumentMap;
  /** Checks a document without applying anything. Does not reject for bad input. */
  readonly check: (document: object) => ConfigOutcome | Promise<ConfigOutcome>;
  /** Reads the configuration file again and applies it, one reload after the other; on failure the old one stays in force. */
  readonly reload: () => Promise<ConfigOutcome>;
  /** Works by another document, when its turn among the reloads comes. */
  readonly change: (edit: DocumentEdit) => Promise<ConfigOutcome>;
  /** The configuration file. */
  readonly path: string;
  /** Whether a text is that of a file with this member, right or wrong. Does not throw. */
  readonly isConfiguration: (text: string) => boolean;
}

/** Of a configuration that another one replaces: one of 100,000 reservations has some 20 MB. */
const REPLACED_BYTES_MAX = 1 << 26;
const NO_CONFIGURATION = 'holds something else than a configuration, which alone is written over';

/** More would make an answer that nobody reads. */
const PROBLEMS_SHOWN_MAX = 20;

const hashes = new WeakMap<object, string>();

export function createConfigurationCommands(sources: ConfigurationSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['config-get', () => configGet(sources)],
    ['config-hash-get', () => configHashGet(sources)],
    ['config-test', (args) => configTest(sources, args)],
    ['config-reload', createReload(sources)],
    ['config-set', (args) => configSet(sources, args)],
    ['config-write', (args) => configWrite(sources, args)],
    ['server-tag-get', () => serverTagGet(sources)],
  ]);
}

/**
 * SHA-256 over `{"Dhcp4": ...}` or `{"Dhcp6": ...}` as compact JSON with sorted keys, 64 hex digits: equal configurations have equal hashes.
 * Monitoring asks for it every few seconds and a document of 20,000 subnets takes a while, so each is hashed once.
 */
export function configHash(document: object, key: ConfigurationKey = 'Dhcp4'): string {
  const known = hashes.get(document);
  if (known !== undefined) return known;
  const hash = createHash('sha256')
    .update(JSON.stringify(ownPart(document, key), sortedKeys))
    .digest('hex');
  hashes.set(document, hash);
  return hash;
}

/** The file may hold the configuration of other programs too, with their passwords; those are not this server's to show. */
function ownPart(document: object, key: ConfigurationKey): ArgumentMap {
  return { [key]: (document as ArgumentMap)[key] };
}

function configGet({ document, key }: ConfigurationSources): Answer {
  const current = document();
  return {
    result: Result.success,
    arguments: { ...ownPart(current, key), hash: configHash(current, key) },
  };
}

function configHashGet({ document, key }: ConfigurationSources): Answer {
  return { result: Result.success, arguments: { hash: configHash(document(), key) } };
}

async function configTest({ check, key }: ConfigurationSources, args: unknown): Promise<Answer> {
  const document = readCandidate(args, key);
  if ('result' in document) return document as Answer;
  const outcome = await check(document);
  if (!outcome.ok) return failure(listed(outcome.problems));
  return success(
    'Configuration seems sane. Control-socket, hook-libraries, and D2 configuration were sanity checked, but not applied.',
  );
}

/** What came to be in force is in memory alone, until config-write; config-reload goes back to the file. */
async function configSet({ change, document, key }: ConfigurationSources, args: unknown): Promise<Answer> {
  const candidate = readCandidate(args, key);
  if ('result' in candidate) return candidate as Answer;
  const outcome = await change(() => candidate);
  if (!outcome.ok) return failure(listed(outcome.problems));
  return success('Configuration successful.', { hash: configHash(document(), key) });
}

/** `{"Dhcp4": ...}` or `{"Dhcp6": ...}` as config-test and config-set get it, or the answer that refuses it. */
function readCandidate(args: unknown, key: ConfigurationKey): ArgumentMap | Answer {
  if (args === undefined) return failure("Missing mandatory 'arguments' parameter.");
  if (!isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const own = args[key];
  if (own === undefined) return failure(`Missing mandatory '${key}' parameter.`);
  // What config-get answers can be sent back as it is.
  const unknown = Object.keys(args).find((each) => each !== key && each !== 'hash');
  if (unknown !== undefined) return failure(`Unsupported '${unknown.slice(0, 64)}' parameter.`);
  if (!isMap(own)) return failure(`'${key}' parameter expected to be a map.`);
  return { [key]: own };
}

async function configWrite(
  { key, document, path, isConfiguration }: ConfigurationSources,
  args: unknown,
): Promise<Answer> {
  if (args !== undefined && !isMap(args)) return failure('Argument must be a map');
  const { filename = '' } = args ?? {};
  if (typeof filename !== 'string') return failure("passed parameter 'filename' is not a string");
  const place = await placeInside(dirname(path), filename === '' ? basename(path) : filename);
  if ('reason' in place) return failure(`Error during write-config:${place.reason}`);
  if (basename(place.path) !== basename(path) && !(await mayBeReplaced(place, isConfiguration)))
    return failure(`Error during write-config:${basename(place.path)} ${NO_CONFIGURATION}`);
  const text = `${JSON.stringify(ownPart(document(), key), sortedKeys, 2)}\n`;
  try {
    const size = await writeWhole(place, [Buffer.from(text)]);
    return success(`Configuration written to ${place.path} successful`, { filename: place.path, size });
  } catch (error) {
    return failure(`Error during write-config:${(error as Error).message}`);
  }
}

/** Whether nothing stands there, or a configuration: leases, logs, keys and programs of the directory are not written over. */
async function mayBeReplaced(
  { path, existing }: WritablePlace,
  isConfiguration: ConfigurationSources['isConfiguration'],
): Promise<boolean> {
  if (existing === null) return true;
  return existing.size <= REPLACED_BYTES_MAX && isConfiguration(await readFile(path, 'utf8').catch(() => ''));
}

function serverTagGet({ document, key }: ConfigurationSources): Answer {
  const { 'server-tag': tag = '' } = document()[key] as { readonly 'server-tag'?: string };
  return { result: Result.success, arguments: { 'server-tag': tag } };
}

function createReload({ reload, document, key }: ConfigurationSources): CommandHandler {
  return async () => {
    const outcome = await reload();
    if (!outcome.ok) return failure(`Config reload failed: ${listed(outcome.problems)}`);
    return success('Configuration successful.', { hash: configHash(document(), key) });
  };
}

/** Problems as one text for the sender of a command. */
export function listed(problems: readonly string[]): string {
  const rest = problems.length - PROBLEMS_SHOWN_MAX;
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).join('\n');
  return rest > 0 ? `${shown}\n... and ${rest} more` : shown;
}

/** JSON.stringify replacer that puts the keys of every map in order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
