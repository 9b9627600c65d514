/** A server that takes no stream. */
import type { PeerStreams } from '../../../src/ha/service/model.ts';

export const NO_STREAMS: PeerStreams = {
  offered: () => [],
  heard() {},
  missed() {},
  source: async () => null,
};
