/** The examples under a command's help: each line without the program's own name. */
export function example(...lines: readonly string[]): string {
  const heading = lines.length === 1 ? 'Example' : 'Examples';
  return `\n${heading}:\n${lines.map((line) => `  npm run operator -- ${line}`).join('\n')}`;
}
