/** The files of the journal with the rows of DHCPv4. */
import type { Clock } from '../../../src/base/clock.ts';
import type { Ipv4 } from '../../../src/base/ipv4.ts';
import * as cleanup from '../../../src/journal/cleanup.ts';
import { type FileSystem, systemFiles } from '../../../src/journal/files.ts';
import * as headers from '../../../src/journal/header.ts';
import * as active from '../../../src/journal/lease-file.ts';
import * as load from '../../../src/journal/load.ts';
import type { LeaseFileNames } from '../../../src/journal/names.ts';
import * as read from '../../../src/journal/read.ts';
import type { RowFault } from '../../../src/lease/dhcp4/csv-fault.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { rowCodec4 } from '../../../src/lease/dhcp4/row-codec.ts';
import { headerOf } from '../../../src/lease/row-codec.ts';

export const LEASE_FILE_HEADER = headerOf(rowCodec4);

export const judgeHeader = (line: string): headers.HeaderVerdict => headers.judgeHeader(line, rowCodec4);
export const isTornHeader = (text: string): boolean => headers.isTornHeader(text, rowCodec4);

export const runCleanup = (task: cleanup.CleanupTask): cleanup.CleanupOutcome =>
  cleanup.runCleanup(rowCodec4, task);

export const cleanUp = (task: cleanup.CleanupTask, clock: Clock, files: FileSystem): cleanup.CleanupOutcome =>
  cleanup.cleanUp(rowCodec4, task, clock, files);

/** Who is told of faults by their names. */
interface Receiver4 {
  row(record: LeaseRecord, offset: number, length: number): void;
  fault(fault: RowFault, line: number): boolean;
}

export const readLeaseFile = (files: FileSystem, path: string, receiver: Receiver4): read.ReadOutcome =>
  read.readLeaseFile(rowCodec4, files, path, receiver);

export const loadLeaseFiles = (
  options: load.LoadOptions,
  sink: load.LoadSink<LeaseRecord, Ipv4>,
  clock: Clock,
  files: FileSystem = systemFiles,
): load.LoadOutcome => load.loadLeaseFiles(rowCodec4, options, sink, clock, files);

export class ActiveLeaseFile extends active.ActiveLeaseFile {
  constructor(files: FileSystem, names: LeaseFileNames) {
    super(files, names, LEASE_FILE_HEADER);
  }
}
