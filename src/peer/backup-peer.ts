/** A backup server as those see it who send it lease updates. */
import type { PartnerStream, PeerClient } from './model.ts';

/** The way of lease updates to a backup that is a Tandem. The update log is never lent to it: all of it is delivered. */
export interface BackupStream extends Pick<PartnerStream, 'isUp' | 'deliver' | 'arrival' | 'listen'> {
  /** Ends the synchronization that the backup may be in the middle of, and the stream with it: it would not be whole. */
  endSync(reason: string): void;
}

export interface BackupPeer {
  readonly client: PeerClient;
  readonly stream: BackupStream;
  /**
   * Asks whether it is there, and whether it takes a stream, which is opened then. Never rejects.
   * @returns why it is not there, or null
   */
  greet(): Promise<string | null>;
}
