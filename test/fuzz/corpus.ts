/** The kept corpus: a file for each entry point below test/fuzz/corpus/, a line of base64 for each input. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DIRECTORY = fileURLToPath(new URL('../../../test/fuzz/corpus/', import.meta.url));

export function keptCorpus(target: string): Uint8Array[] {
  const file = `${DIRECTORY}${target}.txt`;
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Uint8Array.from(Buffer.from(line, 'base64')));
}

export function keep(target: string, inputs: readonly Uint8Array[]): void {
  if (inputs.length === 0) return;
  mkdirSync(DIRECTORY, { recursive: true });
  const lines = inputs.map((input) => `${Buffer.from(input).toString('base64')}\n`);
  appendFileSync(`${DIRECTORY}${target}.txt`, lines.join(''));
}
