/** `mac-sources`: where the hardware address of a client is looked for. */
import { MAC_SOURCES, type MacSource } from '../../dhcp6/model.ts';
import { describe, quote } from '../../problem.ts';
import { listOf } from '../../schema/collections.ts';
import type { Rule } from '../../schema/rule.ts';
import { oneOf } from '../../schema/scalars.ts';

/** The documents that three of the sources are of. */
const BY_DOCUMENT = {
  rfc6939: 'client-link-addr-option',
  rfc4649: 'remote-id',
  rfc4580: 'subscriber-id',
} as const satisfies Readonly<Record<string, MacSource>>;

const names = oneOf(...MAC_SOURCES, ...(Object.keys(BY_DOCUMENT) as (keyof typeof BY_DOCUMENT)[]));

export function macSourcesRule(): Rule<readonly MacSource[], undefined> {
  const sources = listOf(names, 'a list of sources that is not empty');
  return {
    ...sources,
    read: (value, at, report) => {
      const read = sources.read(value, at, report)?.map(sourceOf);
      const twice = read?.find((each, index) => read.indexOf(each) < index);
      if (twice !== undefined) report.error(at, `${quote(twice)} a second time`, 'each source once');
      if (Array.isArray(value) && value.length === 0) report.error(at, describe(value), sources.expected);
      return read;
    },
  };
}

function sourceOf(name: MacSource | keyof typeof BY_DOCUMENT): MacSource {
  return Object.hasOwn(BY_DOCUMENT, name)
    ? BY_DOCUMENT[name as keyof typeof BY_DOCUMENT]
    : (name as MacSource);
}
