/** The metrics of the lease streams between two Tandems, one series a peer of a relationship. */
import type { FigureMetric } from './figure-metrics.ts';
import type { StreamFigures } from './figures.ts';

function ofStream(read: (stream: StreamFigures) => number): FigureMetric['read'] {
  return ({ ha }) =>
    ha.flatMap(({ serverName: server, streams }) =>
      streams.map((stream) => [{ server, peer: stream.peer }, read(stream)] as const),
    );
}

const gauge = { kind: 'gauge', labelNames: ['server', 'peer'] } as const;
const counter = { kind: 'counter', labelNames: ['server', 'peer'] } as const;

export const streamMetrics: readonly FigureMetric[] = [
  {
    ...gauge,
    metric: 'tandem_stream_up',
    help: '1 while a lease stream to the peer is up',
    read: ofStream(({ isUp }) => Number(isUp)),
  },
  {
    ...counter,
    metric: 'tandem_stream_opened_total',
    help: 'Lease streams to the peer that came up',
    read: ofStream(({ opened }) => opened),
  },
  {
    ...counter,
    metric: 'tandem_stream_records_sent_total',
    help: 'Lease records sent by the stream',
    read: ofStream(({ recordsSent }) => recordsSent),
  },
  {
    ...counter,
    metric: 'tandem_stream_records_received_total',
    help: 'Lease records of the peer that came by the stream',
    read: ofStream(({ recordsReceived }) => recordsReceived),
  },
  {
    ...counter,
    metric: 'tandem_stream_records_acknowledged_total',
    help: 'Sent records that the peer has taken or refused',
    read: ofStream(({ recordsAcknowledged }) => recordsAcknowledged),
  },
  {
    ...counter,
    metric: 'tandem_stream_records_refused_total',
    help: 'Sent records that the peer has refused',
    read: ofStream(({ recordsRefused }) => recordsRefused),
  },
  {
    ...counter,
    metric: 'tandem_stream_frames_sent_total',
    help: 'Frames sent by the stream',
    read: ofStream(({ framesSent }) => framesSent),
  },
  {
    ...counter,
    metric: 'tandem_stream_frames_received_total',
    help: 'Frames received by the stream',
    read: ofStream(({ framesReceived }) => framesReceived),
  },
  {
    ...gauge,
    metric: 'tandem_ha_sync_rows',
    help: 'Leases taken by the synchronization by stream that is under way, or by the last one',
    read: ofStream(({ syncRows }) => syncRows),
  },
  {
    ...gauge,
    metric: 'tandem_ha_sync_rows_total',
    help: 'Leases, about, that its source has',
    read: ofStream(({ syncRowsTotal }) => syncRowsTotal),
  },
  {
    ...gauge,
    metric: 'tandem_ha_sync_rows_per_second',
    help: 'Leases that the synchronization by stream under way takes a second, 0 while there is none',
    read: ofStream(({ syncRate }) => syncRate),
  },
];
