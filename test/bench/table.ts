/** A cell as it is measured; how it is shown is the column's matter. */
export type Cell = string | number;

/** Results as a table. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const LARGE = 100;

/** A table as Markdown, which reads well in a terminal too. Numbers are shown to three digits and aligned right. */
export function markdownOf({ title, columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const isNumeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, i) => (isNumeric[i] ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (isNumeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [`**${title}**`, '', line(head), rule, ...body.map(line)].join('\n');
}

function shown(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (Math.abs(cell) >= LARGE || Number.isInteger(cell)) return Math.round(cell).toLocaleString('en');
  return Number(cell.toPrecision(3)).toString();
}
