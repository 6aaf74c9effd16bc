import type { FitContext } from '../estimator.js';
import type { PlacedColumns } from './columns.js';

/** A panel column is 64 rows of f64. */
const PANEL_COLUMN_BYTES = 512;
const PANEL_ROWS = 64;

/** Blocks of rows that are summed apart from each other, hence the most threads that can be used. */
const LANES = 8;

/** Fewer lanes where their totals together would take more than this. */
const TOTALS_BYTES = 2 ** 27;

/** About a millisecond of work for one thread. */
const OPERATIONS_PER_BLOCK = 2e6;

export interface RowSumsDescription {
  /** A kernel of the shape that assembly/algebra/panel.ts describes. */
  readonly kernel: string;
  /** How many totals it adds to. */
  readonly totals: number;
  /** How many panel columns of working memory it needs. */
  readonly scratchColumns: number;
  /** Multiplications per row, roughly. */
  readonly operationsPerRow: number;
}

/**
 * Sums over all rows by one of the dense kernels, on all threads of the team. The rows are cut into blocks; block i adds
 * to the totals of lane i modulo the number of lanes, and at the end the lanes are added up in order. So every sum has
 * an order that depends on the number of rows and on the kernel, and not on the threads.
 */
export class RowSums {
  readonly #context: FitContext;
  readonly #columns: PlacedColumns;
  readonly #description: RowSumsDescription;
  readonly #rowsPerBlock: number;
  /** Blocks that are summed between two checkpoints. */
  readonly #together: number;
  readonly #lanes: number;
  readonly #scratch: number;
  readonly #totals: number;

  /** Allocates the lanes' memory. */
  constructor(context: FitContext, columns: PlacedColumns, description: RowSumsDescription) {
    const { totals, scratchColumns, operationsPerRow } = description;
    const panels = Math.ceil(OPERATIONS_PER_BLOCK / (operationsPerRow * PANEL_ROWS));
    this.#context = context;
    this.#columns = columns;
    this.#description = description;
    this.#rowsPerBlock = PANEL_ROWS * panels;
    const operationsPerBlock = operationsPerRow * this.#rowsPerBlock;
    this.#together = Math.max(context.team.size, Math.floor((2 * LANES * OPERATIONS_PER_BLOCK) / operationsPerBlock));
    const affordable = Math.max(1, Math.floor(TOTALS_BYTES / (8 * totals)));
    this.#lanes = Math.min(LANES, affordable, Math.ceil(columns.rows / this.#rowsPerBlock));
    this.#scratch = context.kernels.allocate(this.#lanes * scratchColumns * PANEL_COLUMN_BYTES);
    this.#totals = context.kernels.allocate(this.#lanes * totals * 8);
  }

  /** The totals for one set of the kernel's own arguments. `progress` is reported while it runs. */
  compute(own: readonly number[], progress: number): Float64Array {
    const { kernel, totals } = this.#description;
    const { rows } = this.#columns;
    const { kernels, team, checkpoint } = this.#context;
    const all = kernels.f64(this.#totals, this.#lanes * totals).fill(0);
    const rowsPerRound = this.#lanes * this.#rowsPerBlock;
    for (let first = 0; first < rows; first += rowsPerRound) {
      const calls: number[][] = [];
      for (let lane = 0; lane < this.#lanes; lane++) {
        const start = first + lane * this.#rowsPerBlock;
        if (start < rows) calls.push(this.#call(lane, start, Math.min(rows, start + this.#rowsPerBlock), own));
      }
      for (let start = 0; start < calls.length; start += this.#together) {
        team.run(kernel, calls.slice(start, start + this.#together));
        checkpoint(progress);
      }
    }
    const sum = all.slice(0, totals);
    for (let lane = 1; lane < this.#lanes; lane++) for (let i = 0; i < totals; i++) sum[i] += all[lane * totals + i];
    return sum;
  }

  #call(lane: number, first: number, last: number, own: readonly number[]): number[] {
    const { totals, scratchColumns } = this.#description;
    const scratch = this.#scratch + lane * scratchColumns * PANEL_COLUMN_BYTES;
    return [...this.#columns.pointers, first, last, ...own, scratch, this.#totals + lane * totals * 8];
  }
}
