/** A server that takes no stream. */
import type { PartnerStreams } from '../../../src/ha/service-model.ts';

export const NO_STREAMS: PartnerStreams = {
  offered: () => [],
  heard() {},
  missed() {},
  source: async () => null,
};
