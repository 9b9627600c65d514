/**
 * The transcripts beside this file, compared word for word. To record them anew after a wanted change, run this file
 * with UPDATE_TRANSCRIPTS=1 and read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { HA_STATES } from '../../src/ha/machine/model.ts';
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

const all = names.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');

t.test('the transcripts go through every state', async (t) => {
  t.same(
    HA_STATES.filter((state) => !all.includes(`\n  = ${state}\n`)),
    [],
  );
});

t.test('ha-why is written down in every state', async (t) => {
  t.same(
    HA_STATES.filter((state) => !new RegExp(`\\n> why\\n {2}${state} for `).test(all)),
    [],
  );
});
