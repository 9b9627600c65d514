/** Exit codes of the `tandem` command; `ctl` and `demo` document their own. */
export const ExitCode = {
  ok: 0,
  /** The configuration is wrong, or the server could not start, or could not write every lease at its end. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A fault of this program; the log has the stack. */
  internal: 70,
} as const;
