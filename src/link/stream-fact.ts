/** What people are told of a stream: which way lease updates go. */

/** Who is at the other end: the partner, a backup of this server, or an active server whose backup this one is. */
export type StreamEnd = 'partner' | 'backup' | 'active';

export interface StreamStanding {
  /** The server at the other end. */
  readonly peer: string;
  /** Where it is connected from or to; null = no stream is up. */
  readonly remote: string | null;
  readonly hasLog: boolean;
  readonly recordsSent: number;
  readonly recordsReceived: number;
}

/** A sentence, without its full stop. */
export function streamFact(end: StreamEnd, standing: StreamStanding): string {
  const { peer, remote, hasLog, recordsSent, recordsReceived } = standing;
  if (remote === null) {
    const way = end === 'active' ? 'its lease updates come by request' : 'lease updates go by request';
    return `no lease stream to ${peer} is up: ${way}`;
  }
  const counts = `${recordsSent} records sent, ${recordsReceived} received`;
  return `a lease stream to ${peer} at ${remote} is up, ${useOf(end, hasLog)}; ${counts}`;
}

function useOf(end: StreamEnd, hasLog: boolean): string {
  if (end === 'active') return 'its lease updates come by it';
  return end === 'backup' || hasLog ? 'lease updates go by it' : 'no lease updates go by it in this state';
}
