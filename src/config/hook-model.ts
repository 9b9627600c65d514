/** Kea's hook libraries that Tandem has built in, as the rest of the program sees them; null = not loaded. See model.ts. */

export interface HooksConfig {
  readonly runScript: RunScriptConfig | null;
}

/** libdhcp_run_script. */
export interface RunScriptConfig {
  /** Absolute path of the program. */
  readonly path: string;
}

export const NO_HOOKS: HooksConfig = { runScript: null };
