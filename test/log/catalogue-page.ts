/**
 * The pages docs/messages.md and docs/errors.md, made from the catalogues in the code, so that they cannot go stale: a
 * test compares them, and with TANDEM_UPDATE_DOCS=1 it writes them instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';
import { type ErrorEntry, errorCatalogue } from '../../src/errors.ts';
import { type LogMessage, messages } from '../../src/log/messages.ts';

/** How each part of the program is called on the page, by the word behind TDM_ in its ids. */
const areas: Readonly<Record<string, string>> = {
  CONFIG: 'Configuration',
  CONTROL: 'Control API',
  ENGINE: 'Answering queries',
  HA: 'High availability',
  HTTP: 'HTTP of the peer port and the control API',
  JOURNAL: 'Lease file',
  LOG: 'The log itself',
  PEER: 'Talking to the other servers',
  SERVER: 'The process',
  SHARD: 'Threads of the data plane',
};

export function messagesPage(): string {
  const intro = `# Log messages

Each line of the log is a JSON map: \`level\`, \`time\`, \`pid\`, the event's own fields, \`id\`, and \`msg\`, the text shown here
(an output with a \`pattern\` has its own form). Where lines go is said by \`loggers\`, see [configuration.md](configuration.md).
The ids are stable: alarms should match on them. This page is made from the catalogue in \`src/log/messages/\`;
\`TANDEM_UPDATE_DOCS=1 node build/test/log/messages.test.js\` writes it again.
`;
  const ids = Object.keys(messages).sort();
  const areaOf = (id: string) => id.split('_')[1]!;
  const sections = [...new Set(ids.map(areaOf))].map((area) => {
    const entries = ids.filter((id) => areaOf(id) === area).map(messageEntry);
    return `## ${areas[area] ?? area}\n\n${entries.join('\n')}`;
  });
  return `${intro}\n${sections.join('\n')}`;
}

function messageEntry(id: string): string {
  const { level, text, meaning } = (messages as Readonly<Record<string, LogMessage>>)[id]!;
  return `### ${id}\n\n\`${level}\` ${text}\n\n${meaning}\n`;
}

export function errorsPage(): string {
  const intro = `# Error codes

Errors end the start of a server or refuse a change; their \`code\` stands in the log and on the terminal. At \`%s\` stand the
particulars. This page is made from \`src/errors.ts\`; \`TANDEM_UPDATE_DOCS=1 node build/test/errors.test.js\` writes it again.
`;
  const entries = Object.entries<ErrorEntry>(errorCatalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = entries.map(([code, { text, meaning }]) => `## ${code}\n\n${text}\n\n${meaning}\n`);
  return `${intro}\n${text.join('\n')}`;
}

/** Compares a page of docs/ with what it should be, or writes it when TANDEM_UPDATE_DOCS is set. */
export function checkPage(t: Test, name: string, expected: string): void {
  const file = new URL(`../../../docs/${name}`, import.meta.url);
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined) writeFileSync(file, expected);
  t.equal(readFileSync(file, 'utf8'), expected, `docs/${name} is as the catalogue says`);
}

/** Checks that each of the names has exactly one heading, and that no other heading looks like one. */
export function checkHeadings(t: Test, page: string, names: readonly string[]): void {
  const headings = page.split('\n').flatMap((line) => /^#+ (TDM_\S+)$/.exec(line)?.[1] ?? []);
  t.same(headings.toSorted(), names.toSorted());
}
