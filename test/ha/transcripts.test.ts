/**
 * The transcripts beside this file, compared word for word. To record them anew after a wanted change, run this file
 * with UPDATE_TRANSCRIPTS=1 and read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { replay } from './support/transcript.ts';

/** Tests run from build/test/ha; the transcripts stay among the sources. */
const folder = new URL('../../../test/ha/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));

for (const name of names) {
  t.test(`transcript ${name}`, async (t) => {
    const file = new URL(name, folder);
    const recorded = readFileSync(file, 'utf8');
    const now = replay(recorded);
    if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, now);
    else t.equal(now, recorded);
  });
}

t.test('there are transcripts', async (t) => {
  t.ok(names.length >= 5);
});
