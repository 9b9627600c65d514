/** Whether a real Kea takes a file, and whether Tandem does: of each file they must be of one opinion. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import { parseConfig6 } from '../../src/config/load6.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { findProgram, needProgram } from '../support/need.ts';

interface Verdict {
  readonly isAccepted: boolean;
  readonly words: string;
}

function ask(kea: string, path: string): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(kea, ['-t', path], (error, stdout, stderr) =>
      resolve({ isAccepted: error === null, words: `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '' }),
    );
  });
}

function check(program: string, text: string): Verdict {
  const parse = program === 'kea-dhcp6' ? parseConfig6 : parseConfig;
  const result = parse(text, 'kea.conf', { ignoreUnsupported: true });
  return { isAccepted: result.ok, words: result.ok ? '' : result.problems.map(formatProblem).join('\n') };
}

/** @param kinds files by what they are about */
export function compareVerdicts(
  program: 'kea-dhcp4' | 'kea-dhcp6',
  kinds: readonly (readonly [kind: string, texts: readonly string[]])[],
): void {
  for (const [kind, texts] of kinds) {
    t.test(`${kind}: Kea and Tandem are of one opinion`, async (t) => {
      if (!needProgram(t, program)) return;
      const directory = mkdtempSync(join(tmpdir(), 'tandem-check-'));
      t.teardown(() => rmSync(directory, { recursive: true }));
      const path = join(directory, 'kea.conf');
      for (const text of texts) {
        writeFileSync(path, text);
        const kea = await ask(findProgram(program)!, path);
        const tandem = check(program, text);
        t.equal(tandem.isAccepted, kea.isAccepted, `${text}\nKea: ${kea.words}\nTandem: ${tandem.words}`);
      }
    });
  }
}
