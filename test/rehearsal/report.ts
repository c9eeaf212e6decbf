/** Prints what happens, with the seconds since the start before each line. */
export interface Report {
  readonly tell: (line: string) => void;
  /** Does a step and prints its name, what it came to and what it took. Its error is thrown on, with the step's name before it. */
  step<Value>(name: string, work: () => Promise<Value>, detail?: (value: Value) => string): Promise<Value>;
}

/** A report on stdout. */
export function createReport(): Report {
  const begun = performance.now();
  const tell = (line: string) => void process.stdout.write(`${secondsSince(begun).padStart(6)} s  ${line}\n`);
  return {
    tell,
    async step(name, work, detail) {
      const stepBegun = performance.now();
      try {
        const value = await work();
        const what = detail === undefined ? '' : `: ${detail(value)}`;
        tell(`${name}${what} (${secondsSince(stepBegun)} s)`);
        return value;
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    },
  };
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1_000).toFixed(1);
}
