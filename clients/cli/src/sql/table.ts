/** Results as psql shows them: aligned columns, or one record after the other. */
import { displayLines, displayWidth } from './width.js';

export interface Table {
  readonly title?: string;
  readonly columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Under the table; "(n rows)" unless given. */
  readonly footer?: readonly string[];
}

interface Cell {
  readonly lines: readonly string[];
  readonly width: number;
}

function cell(text: string | null): Cell {
  const lines = displayLines(text ?? '');
  return { lines, width: Math.max(...lines.map(displayWidth)) };
}

const padding = (columns: number): string => ' '.repeat(Math.max(0, columns));

export function formatTable(table: Table, expanded: boolean): string {
  return expanded ? formatRecords(table) : formatColumns(table);
}

function footerLines({ rows, footer }: Table): readonly string[] {
  return footer ?? [`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`];
}

function formatColumns(table: Table): string {
  const heads = table.columns.map(({ name }) => cell(name));
  const rows = table.rows.map((row) => row.map(cell));
  const widths = heads.map((head, column) => Math.max(head.width, widest(rows.map((row) => row[column]))));
  const total = widths.reduce((sum, width) => sum + width + 3, -1);
  const output: string[] = [];
  if (table.title !== undefined) output.push(padding((total - displayWidth(table.title)) / 2) + table.title);
  // A table without columns is a rule and nothing else, however many rows it has.
  if (widths.length === 0) output.push('--');
  else {
    output.push(...headLines(heads, widths), widths.map((width) => '-'.repeat(width + 2)).join('+'));
    for (const row of rows) output.push(...rowLines(row, widths, table.columns));
  }
  output.push(...footerLines(table), '');
  return `${output.join('\n')}\n`;
}

/** Not by spreading the cells as arguments: a million of them would overflow the stack. */
const widest = (cells: readonly Cell[]): number => cells.reduce((width, cell) => Math.max(width, cell.width), 0);

/** Heads are centred; + marks a line that goes on. */
function headLines(heads: readonly Cell[], widths: readonly number[]): string[] {
  const height = Math.max(...heads.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    heads
      .map(({ lines }, column) => {
        const text = lines[line] ?? '';
        const space = widths[column] - displayWidth(text);
        const more = line + 1 < lines.length ? '+' : ' ';
        return ` ${padding(Math.floor(space / 2))}${text}${padding(Math.ceil(space / 2))}${more}`;
      })
      .join('|'),
  );
}

function rowLines(row: readonly Cell[], widths: readonly number[], columns: Table['columns']): string[] {
  const height = Math.max(...row.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ lines }, column) => {
        const text = lines[line] ?? '';
        const space = padding(widths[column] - displayWidth(text));
        const goesOn = line + 1 < lines.length;
        const last = column === row.length - 1;
        if (columns[column].align === 'right') return ` ${space}${text}${goesOn ? '+' : last ? '' : ' '}`;
        return ` ${text}${goesOn ? `${space}+` : last ? '' : `${space} `}`;
      })
      .join('|'),
  );
}

function formatRecords(table: Table): string {
  if (table.rows.length === 0 || table.columns.length === 0)
    return `${[...(table.title ? [table.title] : []), ...footerLines(table)].join('\n')}\n\n`;
  const heads = table.columns.map(({ name }) => cell(name));
  const rows = table.rows.map((row) => row.map(cell));
  const headWidth = Math.max(...heads.map(({ width }) => width));
  const dataWidth = widest(rows.flat());
  const output: string[] = table.title === undefined ? [] : [table.title];
  rows.forEach((row, index) => {
    output.push(recordLine(index + 1, headWidth, dataWidth));
    for (const [column, value] of row.entries())
      output.push(...recordLines(heads[column], value, headWidth, dataWidth));
  });
  if (table.footer) output.push(...table.footer);
  return `${output.join('\n')}\n\n`;
}

/** `-[ RECORD 1 ]-+-----`, the cross above the bars where the label leaves room for it. */
function recordLine(number: number, headWidth: number, dataWidth: number): string {
  const label = `-[ RECORD ${number} ]`;
  const rule = `${'-'.repeat(headWidth + 1)}+${'-'.repeat(dataWidth + 1)}`;
  return label + rule.slice(label.length);
}

function recordLines(head: Cell, value: Cell, headWidth: number, dataWidth: number): string[] {
  const height = Math.max(head.lines.length, value.lines.length);
  return Array.from({ length: height }, (_, line) => {
    const name = head.lines[line] ?? '';
    const text = value.lines[line];
    const left = `${name}${padding(headWidth - displayWidth(name))}${line + 1 < head.lines.length ? '+' : ' '}|`;
    if (text === undefined) return left;
    return line + 1 < value.lines.length
      ? `${left} ${text}${padding(dataWidth - displayWidth(text))}+`
      : `${left} ${text}`;
  });
}
