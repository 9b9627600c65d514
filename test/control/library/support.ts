/** A configuration that library commands work on, without a server behind it: every edit comes into force. */
import { completeDocument } from '../../../src/config/complete/dhcp4.ts';
import { completeDocument6 } from '../../../src/config/complete/dhcp6.ts';
import { COMMAND_LIBRARIES } from '../../../src/config/control-model.ts';
import type { Answer } from '../../../src/control/answer.ts';
import type { ArgumentMap } from '../../../src/control/arguments.ts';
import { createLibraryCommands } from '../../../src/control/library/commands.ts';
import { DOCUMENT_6 } from '../../../src/control/library/document6.ts';
import { DOCUMENT_4 } from '../../../src/control/library/edit.ts';
import { createStatLeaseCommands } from '../../../src/control/library/stat-lease.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';

export interface TestDocument {
  /** The map of the server. */
  map: ArgumentMap;
  /** What the server says of an edit; empty = it is taken. */
  problems: string[];
  readonly run: (command: string, args?: unknown) => Promise<Answer>;
  readonly commands: readonly string[];
}

const FAMILIES = {
  4: { family: DOCUMENT_4, complete: completeDocument },
  6: { family: DOCUMENT_6, complete: completeDocument6 },
} as const;

export function testDocument(map: ArgumentMap, digit: 4 | 6 = 4): TestDocument {
  const state = { map: deepFreeze(map), problems: [] as string[] };
  const { family, complete } = FAMILIES[digit];
  const reader = new StatisticsReader(allocateStatistics(1, [1]));
  const sources = {
    documents: {
      family,
      complete: () => complete({ [family.key]: state.map }),
      change: async (edit: (document: ArgumentMap) => ArgumentMap | null) => {
        const next = edit({ [family.key]: state.map });
        if (state.problems.length > 0) return { ok: false, problems: state.problems };
        if (next !== null) state.map = deepFreeze(next[family.key] as ArgumentMap);
        return { ok: true, problems: [] };
      },
    },
    statLeases: () =>
      createStatLeaseCommands({
        clock: { wallMs: () => 0, wallSec: () => 0, monotonicMs: () => 0 },
        reader: () => reader,
        totals: () => new Map([['subnet[1].total-addresses', 7]]),
        subnetIds: () => [1],
      }),
  };
  const table = new Map(COMMAND_LIBRARIES.flatMap((library) => [...createLibraryCommands(library, sources)]));
  const run = async (command: string, args?: unknown) => table.get(command)!(args);
  return Object.assign(state, { run, commands: [...table.keys()] });
}

/** An edit that writes into the document in force throws. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
