/** INFORMATION-REQUEST: what is configured for a client that needs no lease. [RFC8415 18.3.6] */
import { answerOptions } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { NO_STATUS } from '../reply/status.ts';

/** Serves an INFORMATION-REQUEST, which changes nothing. */
export function serveInformationRequest(context: Context6): number {
  return answerOptions(context, NO_STATUS);
}
