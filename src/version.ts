/** The version of this program, from its package.json. */
import { readFileSync } from 'node:fs';

function readVersion(): string {
  // dist/version.js and src/version.ts lie one folder below the package, build/src/version.js two.
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (name === 'tandem-dhcp') return version;
    } catch {
      // Not there: the next place.
    }
  }
  return '0.0.0';
}

export const VERSION: string = readVersion();

/** What the program is built with and runs on, in several lines. */
export const BUILD_REPORT = `tandem ${VERSION}\nNode.js ${process.version}\n${process.platform} ${process.arch}`;
