/** The memory by which the link thread is woken. Each bell rings the same eventfd, but for another reason. */
import { allocateBell, type BellMemory } from '../base/bell.ts';
import { allocateLeaseEvents, type LeaseEventsMemory } from '../lease/events.ts';
import { TOLD_BYTES } from './limits.ts';

export interface LinkMemory {
  readonly eventFd: number;
  /** Rung by main; set whenever the thread sleeps. */
  readonly mail: BellMemory;
  /** One word: messages that main has sent. */
  readonly sent: SharedArrayBuffer;
  /** Rung by shards that have written updates; set while an update log is lent that can be sent from. */
  readonly updates: BellMemory;
  /** Rung when rows have become durable; set while records wait for that. */
  readonly disk: BellMemory;
  /** What partners have changed, for main to read where somebody wants to hear of it. */
  readonly told: LeaseEventsMemory;
  /** Rung by main when it has read of it; set while a frame waits for room in it. */
  readonly room: BellMemory;
}

export function allocateLink(eventFd: number): LinkMemory {
  return {
    eventFd,
    mail: allocateBell(eventFd),
    sent: new SharedArrayBuffer(4),
    updates: allocateBell(eventFd),
    disk: allocateBell(eventFd),
    told: allocateLeaseEvents(TOLD_BYTES),
    room: allocateBell(eventFd),
  };
}
