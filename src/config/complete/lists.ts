/** Reservations, classes, definitions of options and loggers, with Kea's defaults. */
import type { CompletedFamily } from './family.ts';
import { completeOptions, type Names, namesOf } from './options.ts';
import { hexDigits, itemsOf, type JsonMap, withContext } from './values.ts';

/** Identifiers that are shown with colons. */
const SEPARATED: readonly string[] = ['hw-address', 'duid'];

export function completeHost(family: CompletedFamily, host: JsonMap, names: Names): JsonMap {
  const identifiers = [...SEPARATED, ...family.plainIdentifiers].flatMap((key) =>
    typeof host[key] === 'string' ? [[key, identifierText(key, host[key])]] : [],
  );
  return {
    ...family.bootDefaults,
    ...family.host,
    'client-classes': [],
    hostname: '',
    ...host,
    ...family.hostTexts(host),
    ...Object.fromEntries(identifiers),
    'option-data': completeOptions(host['option-data'], names),
  };
}

/** Lower case; a quoted text stands for its octets. */
function identifierText(key: string, text: string): string {
  const digits = hexDigits(text);
  return SEPARATED.includes(key) ? digits.replace(/..(?=.)/g, '$&:') : digits;
}

export function completeClass(family: CompletedFamily, item: JsonMap, outer: Names): JsonMap {
  const { 'option-def': definitions } = item;
  const names = namesOf(itemsOf(definitions), outer);
  return {
    ...family.bootDefaults,
    ...family.class,
    ...item,
    'option-data': completeOptions(item['option-data'], names),
    ...(definitions === undefined ? {} : { 'option-def': completeDefinitions(itemsOf(definitions), names) }),
  };
}

export function completeDefinitions(definitions: readonly JsonMap[], { space }: Names): JsonMap[] {
  return definitions.map((definition) => ({
    array: false,
    encapsulate: '',
    'record-types': '',
    space,
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
