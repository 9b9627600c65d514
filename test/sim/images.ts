/** The servers of the worlds: images of the product, each loaded once for each machine and used again in world after world. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { App, AppOptions } from '../../src/app/app.ts';
import type { AnyLoadedConfiguration, ConfigurationFile } from '../../src/app/configuration.ts';
import type { App6, AppOptions6 } from '../../src/app/dhcp6/app.ts';
import type { ConfigOutcome } from '../../src/control/commands/configuration.ts';
import type { AdjustableLog, Log } from '../../src/log/logger.ts';
import type { KeaRecord } from './kea/record.ts';
import { Memory } from './memory.ts';
import type { Slot } from './stand-ins/slot.ts';

interface Image {
  readonly App: { start(options: AppOptions): Promise<App> };
  readonly App6: { start(options: AppOptions6): Promise<App6> };
  readAnyConfiguration(
    file: ConfigurationFile,
    log: Log,
    dates: { readonly allowOutdated: boolean },
  ): Promise<AnyLoadedConfiguration | ConfigOutcome>;
}

/** From build/test/sim. */
const IMAGE = new URL('../../src/simulated/image.js', import.meta.url);

export interface ServerImage {
  readonly slot: Slot;
  /** Of its memory, after it was loaded. */
  readonly loadedMark: number;
  /** Of a modelled Kea: what it has filed. */
  readonly record?: KeaRecord;
  start(path: string, log: object, onFatal: (error: unknown) => void): Promise<void>;
}

/** @param count machines of a world; @param file of the image, that of the product as it is by default */
export async function loadImages(count: number, file = IMAGE): Promise<ServerImage[]> {
  const images: ServerImage[] = [];
  while (images.length < count) images.push(await loadImage(file));
  return images;
}

/** A place in the product, and what stands there instead. */
export interface SourceChange {
  /** From the folder of the project. */
  readonly file: string;
  /** Stands there once. */
  readonly from: string;
  readonly to: string;
}

/** The same of a copy of the product that has a bug. */
export async function loadBugged(count: number, changes: readonly SourceChange[]): Promise<ServerImage[]> {
  const name = `bugged-${createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 16)}.js`;
  const file = new URL(`./${name}`, IMAGE);
  execFileSync(process.execPath, [
    'esbuild.config.mjs',
    'image',
    fileURLToPath(file),
    JSON.stringify(changes),
  ]);
  return loadImages(count, file);
}

/** Each of them is a module of its own. */
let loaded = 0;

async function loadImage(file: URL): Promise<ServerImage> {
  const slot = { memory: new Memory() } as unknown as Slot;
  (globalThis as unknown as { tandemSlot: Slot }).tandemSlot = slot;
  const image = (await import(`${file.href}?image=${++loaded}`)) as Image;
  return {
    slot,
    loadedMark: slot.memory.mark(),
    start: async (path, log, onFatal) => {
      const file = { path, ignoreUnsupported: false, thisServerName: null };
      const loaded = await image.readAnyConfiguration(file, log as Log, { allowOutdated: true });
      if (!('config' in loaded)) throw new Error(JSON.stringify(loaded));
      const common = {
        file,
        clientPort: 0,
        log: log as AdjustableLog,
        shutdown: () => {},
        onFatal,
      };
      if (loaded.family === 4) await image.App.start({ ...common, loaded, serverPort: 67 });
      else await image.App6.start({ ...common, loaded, serverPort: 547 });
    },
  };
}
