/** The arguments of a run that nobody watches: it asks nothing and says in the record that a scheduler started it. */
export function drillArguments(run: { drill: string; env: string; config: string; stateDir: string }): string[] {
  return [
    "drill",
    "run",
    run.drill,
    "--env",
    run.env,
    "--config",
    run.config,
    "--state-dir",
    run.stateDir,
    "--trigger",
    "schedule",
    "--no-input",
  ]
}
