/** Files that the configuration includes are read again at a reload, also when the text of the configuration is unchanged. */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCtl } from '../../src/cli/ctl.ts';
import { freeUdpPort, scratch, serve, writeConfig } from './process.ts';

interface Answer {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: Readonly<Record<string, readonly [readonly [number, string]]>>;
}

/** A pool of `size` addresses as a file that is put in place whole. */
function writePools(file: string, size: number): void {
  writeFileSync(`${file}.new`, `{ "pool": "10.0.0.1 - 10.0.0.${size}" } // ${size}\n`);
  renameSync(`${file}.new`, file);
}

t.test(
  'an included file is followed by config-reload, and what cannot be read changes nothing',
  async (t) => {
    const directory = scratch(t);
    const pools = join(directory, 'pools.json');
    const list = join(directory, 'list.json');
    writePools(pools, 10);
    // Included by an included file.
    writeFileSync(list, `[ <?include "${pools}"?> ]`);
    const mark = { id: 1, subnet: '10.0.0.0/16', pools: ['PLACE'] };
    const file = writeConfig(directory, { subnet4: [mark] });
    execFileSync('sed', ['-i', `s#\\["PLACE"\\]#<?include "${list}"?>#`, file]);
    await serve(t, file, freeUdpPort());
    const ask = async (command: string): Promise<Answer> =>
      JSON.parse((await runCtl({ socket: join(directory, 'ctl'), command })).output);
    const size = async () =>
      (await ask('statistic-get-all')).arguments?.['subnet[1].total-addresses']?.[0][0];

    t.equal(await size(), 10);
    writePools(pools, 20);
    t.equal(await size(), 10, 'not before somebody says so');
    t.match(await ask('config-reload'), { result: 0 });
    t.equal(await size(), 20);

    const broken: readonly [string, () => void, RegExp][] = [
      ['half written', () => truncateSync(pools, 14), /pools\.json:1:\d+: found .*a string without an end/],
      ['gone', () => rmSync(pools), /list\.json:1:3: found ENOENT: no such file or directory/],
      ['a FIFO', () => execFileSync('mkfifo', [pools]), /list\.json:1:3: found not a regular file/],
      ['a device', () => symlinkSync('/dev/zero', pools), /found not a regular file/],
      [
        'a link to the file that includes it',
        () => symlinkSync(list, pools),
        /pools\.json:1:3: found a file that includes itself/,
      ],
      ['huge', () => truncateSync(pools, 1e12), /found 1000000000000 octets/],
    ];
    for (const [what, spoil, expected] of broken) {
      writePools(pools, 20);
      if (what === 'a FIFO' || what === 'a device' || what.startsWith('a link')) rmSync(pools);
      spoil();
      const answer = await ask('config-reload');
      t.match(answer, { result: 1, text: expected }, what);
      rmSync(pools, { force: true });
      writePools(pools, 20);
      t.match(await ask('config-reload'), { result: 0 }, `after ${what}`);
      t.equal(await size(), 20);
    }
    writePools(pools, 30);
    t.match(await ask('config-reload'), { result: 0 });
    t.equal(await size(), 30);
  },
);
