/** What the stories take in turn, so that all of them fit into one check: the next check takes the others. */
import { turnsOf } from '../runner/turns.ts';
import { KEAS, type KeaKind } from './kea.ts';

const TURNS = turnsOf(process.env['TANDEM_TURN'] ?? '0');

/** The half of the stories: 0, 1, or null for both. Without TANDEM_TURN the first. */
export const TURN = TURNS.story;

/** Where a quarter is as much as there is time for: the half of that half, by the turns of the files; null for both. */
export const FILE_TURN = TURNS.file;

/** With whom a server is compared that need not be compared with both each time. */
export const KEAS_IN_TURN: readonly KeaKind[] = TURN === null ? KEAS : [KEAS[TURN]];
