import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type LogMessage, messages } from '../../src/log/messages.ts';
import { checkHeadings, checkPage, messagesPage } from './catalogue-page.ts';

const entries = Object.entries<LogMessage>(messages);

/** The TypeScript sources, which the compiled tests find beside their own folder. */
function sources(): string {
  const root = fileURLToPath(new URL('../../../src/', import.meta.url));
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith(join('log', 'messages')))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
}

t.test('docs/messages.md lists every id of the catalogue exactly once', async (t) => {
  checkHeadings(
    t,
    messagesPage(),
    entries.map(([id]) => id),
  );
  checkPage(t, 'messages.md', messagesPage());
});

t.test('every id names its part and every entry says what it means', async (t) => {
  for (const [id, { text, meaning }] of entries) {
    t.match(id, /^TDM_[A-Z]+(_[A-Z0-9]+)+$/);
    t.match(text, /^\S.*[^.\s]$/, `${id}: a phrase without a full stop`);
    t.match(meaning, /^\S.{15,}[.]$/, `${id}: whole sentences`);
  }
});

t.test('every id is written by some part of the program', async (t) => {
  const text = sources();
  for (const [id] of entries) t.ok(text.includes(`'${id}'`), id);
});
