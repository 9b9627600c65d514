/**
 * The listening sockets for commands, of administrators and of peers, as one set: what two configurations have in common
 * stays open, so that nobody who is connected notices the reload.
 */
import type { Change } from '../change.ts';

/** A socket that the configuration asks for. */
export interface ListenerSpec {
  /** Equal for sockets that can stay as they are: where it listens, and what cannot change while it does. */
  readonly key: string;
  /** Null for a unix socket. */
  readonly at: { readonly host: string; readonly port: number } | null;
  /** @throws an Error that says where and why */
  open(): Promise<OpenListener>;
  /** Is told which listener serves it from now on: one that stays, for whatever else may differ between two specs of one key, or its own. */
  renew(listener: OpenListener): void;
}

export interface OpenListener {
  /** Hears nobody new from the call on; commands under way may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

interface Entry {
  readonly spec: ListenerSpec;
  readonly listener: OpenListener;
}

/** Whoever sent the command that closes a socket still gets its answer. */
const COMMAND_GRACE_MS = 1_000;
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

export class Listeners {
  #open: readonly Entry[] = [];

  /**
   * Opens what a configuration asks for beside what is open. One that needs the place of another, which is not wanted any
   * more, takes that place at once.
   * @throws an Error that says where and why; then everything is as it was
   */
  async prepare(specs: readonly ListenerSpec[]): Promise<Change> {
    const stays = (spec: ListenerSpec) => this.#open.find((entry) => entry.spec.key === spec.key);
    const arriving = specs.filter((spec) => stays(spec) === undefined);
    const leaving = this.#open.filter(({ spec }) => !specs.some(({ key }) => key === spec.key));
    const inTheWay = leaving.filter(({ spec }) => arriving.some((other) => sharesPlace(spec, other)));
    for (const { listener } of inTheWay) void listener.close(COMMAND_GRACE_MS);
    const opened: Entry[] = [];
    const undo = async (): Promise<void> => {
      await Promise.all(opened.map(({ listener }) => listener.close(0)));
      await this.#reopen(inTheWay);
    };
    try {
      for (const spec of arriving) opened.push({ spec, listener: await spec.open() });
    } catch (error) {
      await undo();
      throw error;
    }
    return {
      commit: () => {
        this.#open = specs.map((spec) => {
          const { listener } = stays(spec) ?? opened.find((each) => each.spec === spec)!;
          spec.renew(listener);
          return { spec, listener };
        });
      },
      abandon: undo,
      retire: async () => {
        const rest = leaving.filter((entry) => !inTheWay.includes(entry));
        await Promise.all(rest.map(({ listener }) => listener.close(COMMAND_GRACE_MS)));
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map(({ listener }) => listener.close(COMMAND_GRACE_MS)));
    this.#open = [];
  }

  /** Their places were theirs a moment ago. @throws when another program was faster */
  async #reopen(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      const listener = await entry.spec.open();
      entry.spec.renew(listener);
      this.#open = this.#open.map((each) => (each === entry ? { spec: each.spec, listener } : each));
    }
  }
}

function sharesPlace({ at: a }: ListenerSpec, { at: b }: ListenerSpec): boolean {
  if (a === null || b === null || a.port !== b.port) return false;
  return a.host === b.host || ANY_ADDRESS.has(a.host) || ANY_ADDRESS.has(b.host);
}
