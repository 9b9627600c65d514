/** Reservations, classes, definitions of options and loggers, with Kea's defaults. */
import { completeOptions, type Names, namesOf } from './options.ts';
import { hexDigits, itemsOf, type JsonMap, withContext } from './values.ts';

const BOOT_DEFAULTS = { 'boot-file-name': '', 'next-server': '0.0.0.0', 'server-hostname': '' };

/** Identifiers that are shown with colons, and those that are not. */
const SEPARATED = ['hw-address', 'duid'] as const;
const PLAIN = ['client-id', 'circuit-id', 'flex-id'] as const;

export function completeHost(host: JsonMap, names: Names): JsonMap {
  const identifiers = [...SEPARATED, ...PLAIN].flatMap((key) =>
    typeof host[key] === 'string' ? [[key, identifierText(key, host[key])]] : [],
  );
  return {
    ...BOOT_DEFAULTS,
    'client-classes': [],
    hostname: '',
    ...host,
    ...Object.fromEntries(identifiers),
    'option-data': completeOptions(host['option-data'], names),
  };
}

/** Lower case; a quoted text stands for its octets. */
function identifierText(key: string, text: string): string {
  const digits = hexDigits(text);
  return SEPARATED.some((each) => each === key) ? digits.replace(/..(?=.)/g, '$&:') : digits;
}

export function completeClass(item: JsonMap, outer: Names): JsonMap {
  const names = namesOf(itemsOf(item['option-def']), outer);
  return {
    ...BOOT_DEFAULTS,
    ...item,
    'option-data': completeOptions(item['option-data'], names),
    'option-def': completeDefinitions(itemsOf(item['option-def'])),
  };
}

export function completeDefinitions(definitions: readonly JsonMap[]): JsonMap[] {
  return definitions.map((definition) => ({
    array: false,
    encapsulate: '',
    'record-types': '',
    space: 'dhcp4',
    ...withContext(definition),
  }));
}

export function completeLogger(logger: JsonMap): JsonMap {
  const whole: Record<string, unknown> = { debuglevel: 0, ...logger };
  for (const key of ['output-options', 'output_options'] as const) {
    if (logger[key] === undefined) continue;
    whole[key] = itemsOf(logger[key]).map((output) => completeOutput(withContext(output)));
  }
  return whole;
}

/** Sizes are said of files alone. */
function completeOutput(output: JsonMap): JsonMap {
  const isFile = !/^(stdout|stderr|syslog(:.*)?)$/.test(String(output['output']));
  return {
    pattern: '',
    flush: true,
    ...(isFile ? { maxsize: 10_240_000, maxver: 1 } : {}),
    ...output,
  };
}
