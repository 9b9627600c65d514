/** The steps in which queries of either family get their classes; classification.ts of each says when. */
import { NO_CLASS } from '../../classes/class-ids.ts';
import type { ClassProgram } from '../../classes/class-program.ts';
import type { Guard } from '../../classes/class-set.ts';
import type { Packet } from '../../classes/packet.ts';
import type { StatisticsWriter } from '../figures/statistics.ts';

/** What is needed for it: the context of either family is one. */
export interface Classifying<P extends Packet> {
  readonly classes: ClassProgram<P>;
  readonly query: P;
  readonly statistics: StatisticsWriter;
  /** Cell of the expressions that could not be evaluated. */
  readonly classErrorsCell: number;
}

/**
 * Adds the classes that the client's host reserves, then evaluates anew what does not ask whether the client is known: a test
 * that was false without those classes may be true with them, and the other way round.
 * @param reserved in the order of the reservation
 */
export function addHostClasses<P extends Packet>(context: Classifying<P>, reserved: Guard): void {
  if (reserved.length === 0) return;
  const { classes, query } = context;
  const errors = classes.errors;
  classes.takeBack(query);
  for (let i = 0; i < reserved.length; i++) query.classes.add(reserved[i]!);
  classes.assignEarly(query);
  countErrors(context, errors);
}

/** Assigns KNOWN or UNKNOWN, and the classes that depend on it. @param isKnown the client has a reservation */
export function classifyKnown<P extends Packet>(context: Classifying<P>, isKnown: boolean): void {
  const { classes, query } = context;
  const errors = classes.errors;
  query.classes.add(isKnown ? classes.builtIn.known : classes.builtIn.unknown);
  classes.assignLate(query);
  countErrors(context, errors);
}

/** Assigns the additional classes that a scope lists. */
export function classifyAdditional<P extends Packet>(context: Classifying<P>, listed: Guard): void {
  if (listed.length === 0) return;
  const { classes, query } = context;
  const errors = classes.errors;
  for (let i = 0; i < listed.length; i++) classes.assignAdditional(query, listed[i]!);
  countErrors(context, errors);
}

/** Whether the query is in the class DROP: it gets no answer, whatever it asks for. */
export function isDropped<P extends Packet>({ classes, query }: Classifying<P>): boolean {
  return classes.builtIn.drop !== NO_CLASS && query.classes.has(classes.builtIn.drop);
}

/** Whether the query is in the class REJECT: its client gets no lease. */
export function isRejected<P extends Packet>({ classes, query }: Classifying<P>): boolean {
  return classes.builtIn.reject !== NO_CLASS && query.classes.has(classes.builtIn.reject);
}

/** Counts the expressions that could not be evaluated. @param before how many there had been */
export function countErrors<P extends Packet>(context: Classifying<P>, before: number): void {
  const { classErrorsCell, classes, statistics } = context;
  if (classes.errors !== before) statistics.add(classErrorsCell, classes.errors - before);
}
