#!/usr/bin/env node
/** The command line, which loads what a command needs when it is given; the only file that ends the process. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { inlineMore } from './base/inlining.ts';
import { ExitCode } from './cli/exit-codes.ts';
import { DEMO_DEFAULTS } from './demo/model.ts';
import { VERSION } from './version.ts';

inlineMore();

/** Of a command that may go by a control agent of Kea, which serves several daemons. */
function serviceOption() {
  return new Option('--service <service>', 'behind a control agent of Kea: for which of its daemons').choices(
    ['dhcp4', 'dhcp6'] as const,
  );
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const exit = (code: number): void => process.exit(code);

const program = new Command('tandem')
  .description('A DHCP server pair that never stops')
  .version(VERSION)
  .exitOverride((error) => exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage));

program
  .command('serve')
  .description('run the server (SIGHUP: reload, SIGTERM: stop in order)')
  .requiredOption('-c, --config <file>', "Kea's Dhcp4 or Dhcp6 configuration")
  .option('--this-server-name <name>', 'takes the place of this-server-name in the file')
  .option(
    '-p, --server-port <port>',
    'UDP port of the server (default: 67, of DHCPv6 547)',
    integer(1, 65535),
  )
  .option(
    '-P, --client-port <port>',
    'destination port of every reply (0: as the protocol says)',
    integer(0, 65535),
    0,
  )
  .option('--ignore-unsupported', 'warn of keys that Kea knows and Tandem does not implement yet', false)
  .action(async (options) => {
    const { serve } = await import('./cli/serve.ts');
    const file = {
      path: options.config,
      ignoreUnsupported: options.ignoreUnsupported,
      thisServerName: options.thisServerName ?? null,
    };
    await serve({ ...file, serverPort: options.serverPort ?? null, clientPort: options.clientPort }, exit);
  });

program
  .command('check')
  .description('check a configuration; every problem with its place')
  .argument('<file>')
  .option('--ignore-unsupported', 'warn of keys that Kea knows and Tandem does not implement yet', false)
  .action(async (file, options) => {
    const { check } = await import('./cli/check.ts');
    process.exitCode = await check(file, options.ignoreUnsupported, print);
  });

program
  .command('ctl')
  .description(
    'send one command to a running server (exit code 0: done, 3: nothing found, 1: error, 2: no answer)',
  )
  .argument('<command>')
  .argument('[json]', 'the arguments, a JSON map')
  .option('--url <url>', 'HTTP control socket')
  .option('--socket <path>', 'unix control socket')
  .addOption(serviceOption())
  .action(async (command, argsJson, options) => {
    const { runCtl } = await import('./cli/ctl.ts');
    const outcome = await runCtl({ ...options, command, argsJson });
    print(outcome.output);
    process.exitCode = outcome.exitCode;
  });

program
  .command('why')
  .description('why a running server is in its HA state, and what it waits for (exit codes as of ctl)')
  .option('--url <url>', 'HTTP control socket')
  .option('--socket <path>', 'unix control socket')
  .addOption(serviceOption())
  .option('--server-name <name>', 'of several relationships, the one with this server')
  .action(async (options) => {
    const { runWhy } = await import('./cli/why.ts');
    const outcome = await runWhy(options);
    print(outcome.output);
    process.exitCode = outcome.exitCode;
  });

program
  .command('demo')
  .description('two servers on loopback under load: kill, takeover, return; checks that no lease was lost')
  .addOption(
    new Option('--family <family>', 'DHCPv4 or DHCPv6')
      .choices(['4', '6'])
      .default(`${DEMO_DEFAULTS.family}`),
  )
  .option('--seconds <n>', 'how long', integer(15, 3600), DEMO_DEFAULTS.seconds)
  .option('--rate <n>', 'new clients a second', integer(1, 50_000), DEMO_DEFAULTS.rate)
  .addOption(
    new Option('--mode <mode>').choices(['load-balancing', 'hot-standby']).default(DEMO_DEFAULTS.mode),
  )
  .action(async (options) => {
    const { runDemo } = await import('./demo/run-demo.ts');
    exit(await runDemo({ ...options, family: options.family === '6' ? 6 : 4 }));
  });

program
  .command('bench')
  .description('run the benchmark (from a clone of the source)')
  .argument('[args...]', 'passed on, see docs/benchmarks.md: names of benches, --quick, --rivals LIST')
  .allowUnknownOption()
  .helpOption(false)
  .action(async (args: string[]) => {
    const { bench } = await import('./cli/bench.ts');
    process.exitCode = bench(args, print);
  });

await program.parseAsync();
