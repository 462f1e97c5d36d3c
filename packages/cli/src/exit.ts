/** What the process says to the shell. */
export const ExitCode = {
  done: 0,
  /** A check, a run or a golden case failed. */
  failed: 1,
  /** Usage or broken input. */
  usage: 2,
  inconclusive: 3,
  /** A bug of ours (EX_SOFTWARE of sysexits.h): no command means anything else by it. */
  internal: 70,
  /** Stopped by Ctrl-C or SIGTERM; what was done is kept, the same command goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
