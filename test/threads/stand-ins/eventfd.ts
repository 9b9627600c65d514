/** eventfd(2) on the stage. */
import { present } from '../stage.ts';

export function signalEventFd(fd: number): void {
  present.stage!.signal(fd);
}

export function drainEventFd(fd: number): void {
  present.stage!.drain(fd);
}
