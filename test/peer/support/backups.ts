/** Backups as a dispatcher has them: over real HTTP, with a stream that does what the test says. */

import type { LeaseAddress, UpdateBytes } from '../../../src/lease/update-family.ts';
import type { BackupPeer, BackupStream } from '../../../src/peer/backup-peer.ts';
import type { PartnerStreamListener, PeerClient, StreamDelivery } from '../../../src/peer/model.ts';

/** A stream of a backup: the test answers what was delivered, and says whether it is up. */
export class ModelBackupStream implements BackupStream {
  #listener: PartnerStreamListener | null = null;
  #answer: ((delivery: StreamDelivery) => void) | null = null;
  isUp = false;
  /** Portions in the order in which they were sent, addresses only. */
  readonly portions: LeaseAddress[][] = [];
  readonly ended: string[] = [];
  /** Acknowledges at once. */
  isFast = false;

  async arrival(): Promise<void> {}

  listen(listener: PartnerStreamListener): void {
    this.#listener = listener;
  }

  deliver(updates: readonly UpdateBytes[]): Promise<StreamDelivery | null> {
    if (!this.isUp) return Promise.resolve(null);
    if (this.#answer !== null) throw new Error('one portion at a time');
    this.portions.push(updates.map(({ address }) => address));
    return new Promise((resolve) => {
      this.#answer = resolve;
      if (this.isFast) setImmediate(() => this.answer());
    });
  }

  endSync(reason: string): void {
    this.ended.push(reason);
  }

  get isDelivering(): boolean {
    return this.#answer !== null;
  }

  /** The portion on its way is answered, or failed. */
  answer(delivery: Partial<StreamDelivery> = {}): void {
    const answer = this.#answer;
    this.#answer = null;
    answer?.({ failure: null, refused: [], ...delivery });
    this.#listener!.changed();
  }

  comeUp(): void {
    this.isUp = true;
    this.#listener!.changed();
  }

  /** Ends, with whatever is on its way. */
  end(): void {
    this.isUp = false;
    this.answer({ failure: 'the stream broke' });
  }

  /** The backup wants to synchronize. */
  ask(answer: (refused: string | null) => void): void {
    this.#listener!.asked(answer);
  }
}

/** @param stream never up when it is not said */
export function backupOf(client: PeerClient, stream = new ModelBackupStream()): BackupPeer {
  return {
    client,
    stream,
    greet: async () => {
      const answer = await client.request('ha-heartbeat', null, 5_000);
      return answer.kind === 'failed' ? answer.reason : null;
    },
  };
}
