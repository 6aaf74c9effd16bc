/** What the runtime and a fit thread say to each other. */
import type { Table, TeamControl, TrainRequest, TrainResponse } from '@pgml/engine';
import type { ErrorReport } from '../errors.js';

/** Words of the control block, an Int32Array over a SharedArrayBuffer: signs that are seen in the middle of a fit. */
export const fitControl = {
  /** Set to 1 by the runtime; the fit looks at its next checkpoint. */
  CANCEL: 0,
  /** Written by the fit: its progress in millionths. */
  PROGRESS: 1,
  WORDS: 2,
} as const;

export const PROGRESS_UNITS = 1_000_000;

/** Given to the thread when it starts. */
export interface FitThreadData {
  /** The most threads that a fit may use. */
  readonly threads: number;
  /** The most kernel memory that a fit may use. */
  readonly kernelMegabytes: number;
}

export interface FitOrder {
  readonly request: TrainRequest;
  readonly table: Table;
  readonly control: SharedArrayBuffer;
}

/** What a helper thread of a team works with. */
export interface TeamSeat {
  readonly control: TeamControl;
  readonly memory: WebAssembly.Memory;
}

export type FitAnswer =
  /** The fit wants helpers. Who starts them is the runtime, because the fit thread blocks and would not hear of their death. */
  | { readonly type: 'team'; readonly helpers: number; readonly seat: TeamSeat }
  | { readonly type: 'done'; readonly response: TrainResponse; readonly artifact: Uint8Array }
  | { readonly type: 'failed'; readonly error: ErrorReport };
