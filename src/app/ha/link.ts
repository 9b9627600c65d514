/** The link thread as a part of the server: what it works with, now and after each reload. */

import type { JournalMemory } from '../../journal/memory.ts';
import { LinkClient } from '../../link/client.ts';
import type { LinkMemory } from '../../link/memory.ts';
import type { LinkWorkplace } from '../../link/messages.ts';
import type { DataPlane, ShardKinds } from '../data-plane.ts';
import type { Threads } from '../threads.ts';

export interface LinkParts {
  readonly link: LinkMemory;
  readonly memory: { readonly journal: JournalMemory };
  readonly dataPlane: Pick<DataPlane<ShardKinds>, 'links' | 'bells' | 'linkRow'>;
  /** What it works with now. */
  readonly workplace: () => LinkWorkplace;
  readonly threads: Threads;
  /** The thread ended with a fault. */
  readonly onFailure: (error: unknown) => void;
}

/** Nothing runs before the first relationship with a partner. */
export function createLink({
  link,
  memory,
  dataPlane,
  workplace,
  threads,
  onFailure,
}: LinkParts): LinkClient {
  return new LinkClient({
    memory: link,
    shards: dataPlane.links.map(({ linkVerdicts, eventFd, asleep }) => ({ linkVerdicts, eventFd, asleep })),
    journal: memory.journal,
    bells: dataPlane.bells.map(({ eventFd, asleep }) => ({ eventFd, asleep })),
    statisticsRow: dataPlane.linkRow,
    workplace,
    run: (task, transfer) => threads.runLink(task, transfer).catch(onFailure),
  });
}
