/** The kept corpus and a short run from a seed, over every entry point: no input makes the server fail. */
import t from 'tap';
import { numbersFrom } from '../support/numbers.ts';
import { keptCorpus } from './corpus.ts';
import { Fuzzer, type Target } from './fuzzer.ts';
import { openTargets } from './targets.ts';

t.setTimeout(170_000);

const SEED = 20_261_127;
/** New inputs, as many as a busy machine tries in four seconds. */
const INPUTS: Readonly<Record<string, number>> = {
  datagrams: 1_200,
  frames: 5_000,
  expressions: 1_500,
  configurations: 600,
  configurations6: 600,
  'lease-rows': 30_000,
  'lease-files': 800,
  'update-records': 20_000,
  'update-records6': 30_000,
  'lease-stream': 1_500,
  'lease-stream6': 700,
  'sealed-stream': 4_000,
  netlink: 20_000,
  'unix-commands': 1_500,
  'http-requests': 1_500,
  commands: 800,
  'peer-requests': 1_000,
};

for (const target of await openTargets()) {
  t.test(`${target.name}: no input of the corpus, and none from the seed, breaks a promise`, async (t) => {
    t.teardown(() => target.close());
    const fuzzer = new Fuzzer(target, keptCorpus(target.name), numbersFrom(SEED));
    let crash = await fuzzer.replay();
    const inputs = fuzzer.runs + (INPUTS[target.name] ?? 0);
    while (crash === null && fuzzer.runs < inputs) crash = await fuzzer.step();
    const shown = crash === null ? '' : JSON.stringify(Buffer.from(crash.input).toString('latin1'));
    t.equal(crash?.error, undefined, shown);
    const { runs, signatures } = fuzzer;
    t.ok(signatures >= target.outcomesMin, `${runs} inputs, ${signatures} outcomes`);
  });
}

t.test('an entry point that fails is found, with the input at which it does', async (t) => {
  const fragile: Target = {
    name: 'fragile',
    seeds: [Uint8Array.of(1, 2, 3)],
    outcomesMin: 2,
    run: (input) => {
      if (input.includes(0xff)) throw new Error('no 255 please');
      return String(input.length > 8);
    },
    close: () => {},
  };
  const fuzzer = new Fuzzer(fragile, [], numbersFrom(1));
  let crash = await fuzzer.replay();
  for (let steps = 0; crash === null && steps < 10_000; steps++) crash = await fuzzer.step();
  t.match(crash, { target: 'fragile', error: { message: 'no 255 please' } });
  t.ok(crash?.input.includes(0xff));
  t.equal(fuzzer.found.length, 1, 'the first long one has joined the corpus');
});
