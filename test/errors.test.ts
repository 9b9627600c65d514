import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type ErrorCode, type ErrorEntry, errorCatalogue, tandemError } from '../src/errors.ts';
import { checkHeadings, checkPage, errorsPage } from './log/catalogue-page.ts';

const entries = Object.entries<ErrorEntry>(errorCatalogue) as [ErrorCode, ErrorEntry][];

t.test('docs/errors.md lists every code exactly once', async (t) => {
  checkHeadings(
    t,
    errorsPage(),
    entries.map(([code]) => code),
  );
  checkPage(t, 'errors.md', errorsPage());
});

t.test('an error carries its code, its text with the particulars, and its cause', async (t) => {
  const cause = new Error('EACCES');
  const error = tandemError('TDM_ERR_SOCKET_UNUSABLE', ['/run/x', 'EACCES'], cause);
  t.ok(error instanceof Error);
  t.equal(error.code, 'TDM_ERR_SOCKET_UNUSABLE');
  t.equal(error.message, 'cannot use the control socket path "/run/x": EACCES');
  t.equal(error.cause, cause);
  t.equal(tandemError('TDM_ERR_SOCKET_IN_USE', ['/run/x']).cause, undefined);
});

t.test('particulars are shown as they are, whatever they look like', async (t) => {
  const { message } = tandemError('TDM_ERR_SOCKET_UNUSABLE', ['/run/%s', '%d %j %%']);
  t.equal(message, 'cannot use the control socket path "/run/%s": %d %j %%');
});

t.test('every code is well formed and is thrown somewhere', async (t) => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'errors.ts')
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
  for (const [code, { meaning }] of entries) {
    t.match(code, /^TDM_ERR_[A-Z_]+$/);
    t.match(meaning, /[.]$/, code);
    t.ok(text.includes(`tandemError('${code}'`), code);
  }
});
