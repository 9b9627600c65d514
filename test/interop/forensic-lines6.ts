/** What a server's forensic log tells of the steps that both were played, without the time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BEHIND } from './event-steps6.ts';

/** @param directory of the server; its log is in `legal` */
export function forensicLines(directory: string): string[] {
  const path = join(directory, 'legal');
  return readdirSync(path)
    .flatMap((file) => readFileSync(join(path, file), 'utf8').trimEnd().split('\n'))
    .map((line) => line.replace(/^[0-9-]{10} [0-9:]{8} \S+ ?/, ''))
    .filter((line) => !line.includes(BEHIND));
}
