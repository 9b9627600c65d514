/** A modelled Kea in the place of an image of the product. */
import type { ServerImage } from '../images.ts';
import { Memory } from '../memory.ts';
import type { Slot } from '../stand-ins/slot.ts';
import { Kea, type KeaLog } from './kea.ts';
import { KeaRecord } from './record.ts';

export function keaImage(): ServerImage {
  const slot = { memory: new Memory() } as unknown as Slot;
  const record = new KeaRecord();
  return {
    slot,
    loadedMark: 0,
    record,
    start: async (path, log) => {
      const { machine, peers } = slot;
      new Kea({ machine, peers, log: log as KeaLog, record, text: machine.disk.text(path)! });
    },
  };
}
