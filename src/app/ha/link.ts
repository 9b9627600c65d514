/** The link thread as a part of the server: what it works with, now and after each reload. */
import { LinkClient } from '../../link/client.ts';
import type { LinkMemory } from '../../link/memory.ts';
import type { ActiveConfiguration } from '../configuration.ts';
import type { DataPlane4 } from '../dhcp4/shard-family.ts';
import { hearsPartners } from '../libraries/lease-events.ts';
import type { ServerMemory } from '../memory.ts';
import type { Threads } from '../threads.ts';

export interface LinkParts {
  readonly link: LinkMemory;
  readonly active: ActiveConfiguration;
  readonly memory: ServerMemory;
  readonly dataPlane: DataPlane4;
  readonly threads: Threads;
  /** The thread ended with a fault. */
  readonly onFailure: (error: unknown) => void;
}

/** Nothing runs before the first relationship with a partner. */
export function createLink({ link, active, memory, dataPlane, threads, onFailure }: LinkParts): LinkClient {
  return new LinkClient({
    memory: link,
    shards: dataPlane.links.map(({ linkVerdicts, eventFd, asleep }) => ({ linkVerdicts, eventFd, asleep })),
    journal: memory.journal,
    bells: dataPlane.bells.map(({ eventFd, asleep }) => ({ eventFd, asleep })),
    statisticsRow: dataPlane.linkRow,
    workplace: () => ({
      config: active.config,
      book: memory.book,
      limited: memory.limited,
      statistics: dataPlane.statistics,
      isHeard: hearsPartners(active.config),
    }),
    run: (task, transfer) => threads.runLink(task, transfer).catch(onFailure),
  });
}
