/** The link thread's sleep in poll(): it is woken for what it waits for and for nothing else. */
import { Bell } from '../base/bell.ts';
import { drainEventFd, signalEventFd } from '../io/eventfd.ts';
import type { LinkMemory } from './memory.ts';

export class LinkSleep {
  readonly #eventFd: number;
  readonly #mail: Bell;
  readonly #updates: Bell;
  readonly #disk: Bell;
  readonly #room: Bell;
  readonly #sent: Int32Array;
  #taken = 0;

  constructor(memory: LinkMemory) {
    this.#eventFd = memory.eventFd;
    this.#mail = new Bell(memory.mail, signalEventFd);
    this.#updates = new Bell(memory.updates, signalEventFd);
    this.#disk = new Bell(memory.disk, signalEventFd);
    this.#room = new Bell(memory.room, signalEventFd);
    this.#sent = new Int32Array(memory.sent);
  }

  /** Whether messages were sent since `takeMail`. */
  hasMail(): boolean {
    return Atomics.load(this.#sent, 0) !== this.#taken;
  }

  /** To be called before the messages are read. */
  takeMail(): void {
    this.#taken = Atomics.load(this.#sent, 0);
  }

  /** What is waited for; it must be looked for after this, and before poll. */
  lieDown(forUpdates: boolean, forDisk: boolean, forRoom: boolean): void {
    this.#mail.lieDown();
    if (forUpdates) this.#updates.lieDown();
    if (forDisk) this.#disk.lieDown();
    if (forRoom) this.#room.lieDown();
  }

  /** @param isWoken the eventfd has ended the sleep */
  getUp(isWoken: boolean): void {
    if (isWoken) drainEventFd(this.#eventFd);
    this.#mail.getUp();
    this.#updates.getUp();
    this.#disk.getUp();
    this.#room.getUp();
  }
}
