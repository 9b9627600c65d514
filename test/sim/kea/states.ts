/** The states of Kea's high availability, and which follows which: the matrix of a real Kea, cell by cell. */

export type KeaState =
  | 'waiting'
  | 'syncing'
  | 'ready'
  | 'load-balancing'
  | 'hot-standby'
  | 'partner-down'
  | 'communication-recovery'
  | 'in-maintenance'
  | 'partner-in-maintenance'
  | 'terminated';

/** What a server knows when it decides. */
export interface Situation {
  readonly mode: string;
  readonly isPrimary: boolean;
  /** As it was heard last, or 'unavailable'. */
  readonly partner: string;
  /** The partner is unavailable and passes for dead. */
  readonly isPartnerDown: boolean;
  /** No heartbeat was answered for longer than max-response-delay. */
  readonly isInterrupted: boolean;
  /** Since the last heartbeat but one the partner has given leases that it told nobody of. */
  readonly hasPartnerUnsent: boolean;
  readonly isBacklogOverflown: boolean;
}

/** What a server does: it goes over to a state, or sends its backlog first. */
export type Step = KeaState | 'send the backlog';

const PARTNERS = [
  'communication-recovery',
  'hot-standby',
  'load-balancing',
  'in-maintenance',
  'partner-down',
  'partner-in-maintenance',
  'ready',
  'syncing',
  'terminated',
  'waiting',
  'unavailable',
];

const SHORT: Readonly<Record<string, KeaState>> = {
  WAI: 'waiting',
  PD: 'partner-down',
  PIM: 'partner-in-maintenance',
  IM: 'in-maintenance',
  TRM: 'terminated',
  LB: 'load-balancing',
  HS: 'hot-standby',
};

const STAY = '= = = = = = = = = = = =';
const MAINTENANCE = { 'partner-in-maintenance': '= = = = = = = = = = PD PD', 'in-maintenance': STAY };

/** Rows: the own state. Columns: PARTNERS, and last a partner that passes for dead. Letters: see `oneOf`. */
const MATRIX: Readonly<Record<string, Readonly<Record<KeaState, string>>>> = {
  'load-balancing': {
    ...MAINTENANCE,
    terminated: STAY,
    'hot-standby': STAY,
    'communication-recovery': 'a WAI a PIM WAI IM b b TRM b = PD',
    'load-balancing': '= WAI = PIM WAI IM = = TRM = c PD',
    'partner-down': 'WAI WAI = = WAI WAI d = TRM = = =',
    ready: 'LB WAI LB PIM = IM e = TRM = = PD',
    syncing: 's WAI s s s s s s TRM s = PD',
    waiting: 'g = g g g g g = = i = PD',
  },
  'hot-standby': {
    ...MAINTENANCE,
    terminated: STAY,
    'load-balancing': STAY,
    'communication-recovery': STAY,
    'hot-standby': 'WAI = WAI PIM WAI IM = = TRM = = PD',
    'partner-down': 'WAI = WAI = WAI WAI d = TRM = = =',
    ready: 'WAI HS WAI PIM = IM e = TRM = = PD',
    syncing: 'WAI s WAI s s s s s TRM s = PD',
    waiting: '= g = g g g g = = i = PD',
  },
};

/** What comes next; the same state = nothing. */
export function nextStep(state: KeaState, situation: Situation): Step {
  const { mode, partner, isPartnerDown } = situation;
  const known = PARTNERS.indexOf(partner);
  const column = isPartnerDown ? PARTNERS.length : known;
  if (column < 0) return state;
  const cell = MATRIX[mode]![state].split(' ')[column]!;
  return SHORT[cell] ?? oneOf(cell, state, situation);
}

function oneOf(letter: string, state: KeaState, situation: Situation): Step {
  const { mode, isPrimary, isInterrupted, hasPartnerUnsent, isBacklogOverflown } = situation;
  const normal = mode as KeaState;
  switch (letter) {
    case 'a':
      return isInterrupted ? state : 'send the backlog';
    case 'b':
      return !isInterrupted && isBacklogOverflown ? 'waiting' : state;
    case 'c':
      return 'communication-recovery';
    case 'd':
      return hasPartnerUnsent ? 'waiting' : normal;
    case 'e':
      return isPrimary ? normal : state;
    case 'g':
      return 'syncing';
    case 'i':
      return isPrimary ? 'syncing' : state;
    default:
      return state;
  }
}

/** A server in one of them answers nobody. */
export const SILENT_STATES: ReadonlySet<KeaState> = new Set([
  'waiting',
  'syncing',
  'ready',
  'in-maintenance',
]);
/** In one of them it tells its partner of what it gives. */
export const TELLING_STATES: ReadonlySet<KeaState> = new Set([
  'load-balancing',
  'hot-standby',
  'partner-in-maintenance',
]);
/** On the way into one of them it forgets whose leases its partner has refused. */
export const FORGIVING_STATES: ReadonlySet<KeaState> = new Set([
  'waiting',
  'syncing',
  'ready',
  'partner-down',
  'terminated',
]);
