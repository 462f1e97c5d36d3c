import { Command } from 'commander';
import { benchCommand } from './commands/bench.js';
import { compareCommand } from './commands/compare.js';
import { diagnoseCommand } from './commands/diagnose.js';
import { doctorCommand } from './commands/doctor.js';
import { exportCommand } from './commands/export.js';
import { gateCommand } from './commands/gate.js';
import { goldenCommand } from './commands/golden.js';
import { historyCommand } from './commands/history.js';
import { mergeCommand } from './commands/merge.js';
import { reportCommand } from './commands/report.js';
import { reproduceCommand } from './commands/reproduce.js';
import { setupCommand } from './commands/setup.js';
import { suiteCommand } from './commands/suite.js';
import { trainCommand } from './commands/train.js';
import { reportError } from './errors.js';
import { ExitCode } from './exit.js';
import { provideNodeBackends } from './hosts/node/tensorflow.js';
import { flushed, print, say } from './output/stdout.js';
import { version } from './version.js';

/**
 * The `jembench` command.
 *
 * @param args the words behind `jembench`.
 * @returns the exit code: 0 done, 1 a check failed, 2 usage or broken input, 3 inconclusive, 70 a bug of ours, 130 stopped.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  provideNodeBackends();
  let code: ExitCode = ExitCode.done;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  const program = new Command('jembench')
    .description('Microbenchmarks and a reproducibility suite for joint-embedding methods on TensorFlow.js.')
    .version(version)
    .addHelpText(
      'after',
      '\nExample:\n  $ jembench suite --profile quick\n\nExit codes: 0 done, 1 a check failed, 2 usage or broken input, 3 inconclusive, 70 a bug of ours, 130 stopped.',
    );
  const commands = [
    suiteCommand(finish, args),
    trainCommand(finish, args),
    benchCommand(finish, args),
    goldenCommand(finish),
    diagnoseCommand(finish),
    reportCommand(finish),
    exportCommand(finish),
    compareCommand(finish),
    historyCommand(finish),
    mergeCommand(finish),
    gateCommand(finish),
    reproduceCommand(finish),
    doctorCommand(finish, version),
    setupCommand(finish),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands]) {
    command.exitOverride().configureOutput({ writeOut: print, writeErr: () => undefined });
  }
  try {
    if (args.length === 0) {
      say(program.helpInformation());
      return ExitCode.usage;
    }
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    code = reportError(error);
  }
  try {
    await flushed();
  } catch (error) {
    code = reportError(error);
  }
  return code;
}
