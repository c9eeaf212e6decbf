const PATIENCE_MS = 1_500;

/** Waits for the work; if it takes longer than a moment, `tell` gets a line that says what is waited for, once. */
export async function tellIfSlow<Value>(
  work: Promise<Value>,
  tell: (line: string) => void,
  line: string,
): Promise<Value> {
  const timer = setTimeout(tell, PATIENCE_MS, line);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
