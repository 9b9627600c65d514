/** In place of src/io/rtnetlink.ts: interfaces never change. */

export class InterfaceNotices {
  take(): boolean {
    return false;
  }

  close(): void {}
}
