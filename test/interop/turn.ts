/** What the stories take in turn, so that all of them fit into one check: the next check takes the others. */
import { KEAS, type KeaKind } from './kea.ts';

/** TANDEM_TURN: '0', '1', or 'all'. */
export const TURN = process.env['TANDEM_TURN'] ?? '0';

/** With whom a server is compared that need not be compared with both each time. */
export const KEAS_IN_TURN: readonly KeaKind[] = TURN === 'all' ? KEAS : [KEAS[TURN === '1' ? 1 : 0]];
