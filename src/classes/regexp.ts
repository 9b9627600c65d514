/** Compiles regular expressions for the matcher: a state after the other, repetitions written out. */
import { Matcher, Op, type State } from './matcher.ts';
import { parseRegExp, RegExpFault, type RegExpNode } from './regexp-parse.ts';

/** States of one expression: the work for one octet. */
const STATES_MAX = 512;

const ASSERTIONS = {
  start: Op.start,
  end: Op.end,
  boundary: Op.boundary,
  'no-boundary': Op.noBoundary,
} as const;

const NO_SET = new Uint8Array(0);

export type CompiledRegExp =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly expected: string };

/** Compiles a pattern. Never throws. */
export function compileRegExp(pattern: Uint8Array): CompiledRegExp {
  try {
    const node = parseRegExp(String.fromCharCode(...pattern.subarray(0, 4096)));
    if (pattern.length > 4096) throw new RegExpFault('a pattern of at most 4096 octets');
    return { ok: true, matcher: new Matcher(statesOf(node)) };
  } catch (error) {
    if (error instanceof RegExpFault) return { ok: false, expected: error.message };
    throw error;
  }
}

/** @throws RegExpFault when there are too many */
export function statesOf(node: RegExpNode): readonly State[] {
  const states: State[] = [];
  emit(node, states);
  add(states, Op.match);
  return states;
}

function add(states: State[], op: number, set: Uint8Array = NO_SET): State {
  if (states.length >= STATES_MAX)
    throw new RegExpFault(`a pattern of at most ${STATES_MAX} states, all repetitions written out`);
  const state = { op, set, next: states.length + 1, other: -1 };
  states.push(state);
  return state;
}

function emit(node: RegExpNode, states: State[]): void {
  if (node.kind === 'set') add(states, Op.set, node.set);
  else if (node.kind === 'assert') add(states, ASSERTIONS[node.what]);
  else if (node.kind === 'sequence') for (const part of node.parts) emit(part, states);
  else if (node.kind === 'either') emitEither(node.branches, states);
  else emitRepeat(node, states);
}

function emitEither(branches: readonly RegExpNode[], states: State[]): void {
  const exits: State[] = [];
  branches.forEach((branch, index) => {
    const split = index === branches.length - 1 ? null : add(states, Op.split);
    emit(branch, states);
    if (split === null) return;
    exits.push(add(states, Op.jump));
    split.other = states.length;
  });
  for (const exit of exits) exit.next = states.length;
}

function emitRepeat(node: RegExpNode & { kind: 'repeat' }, states: State[]): void {
  for (let i = 0; i < node.min; i++) emit(node.of, states);
  if (node.max === Number.POSITIVE_INFINITY) {
    const split = add(states, Op.repeat);
    emit(node.of, states);
    add(states, Op.jump).next = states.indexOf(split);
    split.other = states.length;
    return;
  }
  const splits: State[] = [];
  for (let i = node.min; i < node.max; i++) {
    splits.push(add(states, Op.repeat));
    emit(node.of, states);
  }
  for (const split of splits) split.other = states.length;
}
