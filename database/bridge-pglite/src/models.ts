/**
 * Models in PostgreSQL's own memory, where the evaluators read the block and the features that are already there.
 * They are kept by the content of their artifact, least recently loaded first out.
 *
 * Each takes one piece of memory at a multiple of 16: the evaluator block, then the evaluators' scratch space
 * f64[64][outputs], then f32[features] for a row that cannot be read where it lies.
 */
import { createHash } from 'node:crypto';
import { type ArtifactHeader, readArtifact, SqlError } from '@pgml/engine';
import type { BlockFacts } from '@pgml/kernels';
import type { Backend } from './backend.js';

export interface LoadedModel {
  readonly digest: string;
  readonly header: ArtifactHeader;
  readonly facts: BlockFacts;
  /** Values in a row. */
  readonly features: number;
  readonly learnsMissing: boolean;
  /** Bytes in PostgreSQL's memory. */
  readonly bytes: number;
  readonly block: number;
  readonly scratch: number;
  readonly row: number;
}

const SCRATCH_ROWS = 64;

export class Models {
  readonly #backend: Backend;
  readonly #budget: number;
  /** By the SHA-256 of the artifact; the one used longest ago comes first. */
  readonly #loaded = new Map<string, LoadedModel>();
  #bytes = 0;

  constructor(backend: Backend, budget: number) {
    this.#backend = backend;
    this.#budget = budget;
  }

  /**
   * The model of an artifact, checked and loaded if it was not; the bytes may lie in PostgreSQL's memory. Calls
   * `evicted` when models had to go for it, which must not be used from then on.
   */
  load(bytesOfArtifact: Uint8Array, evicted: () => void): LoadedModel {
    const digest = createHash('sha256').update(bytesOfArtifact).digest('base64');
    const known = this.#loaded.get(digest);
    if (known) {
      this.#loaded.delete(digest);
      this.#loaded.set(digest, known);
      return known;
    }
    const { header, facts, block } = readArtifact(bytesOfArtifact.slice());
    const scratchAt = roundUp(block.length);
    const rowAt = scratchAt + 8 * SCRATCH_ROWS * facts.outputs;
    const bytes = roundUp(rowAt + 4 * facts.features);
    this.#makeRoom(bytes, evicted);
    const pointer = this.#backend.c.aligned_alloc(16, bytes);
    if (pointer === 0)
      throw new SqlError('53200', `out of memory: a model of ${bytes} bytes does not fit`, {
        detail: `Models take ${this.#bytes} bytes of the ${this.#budget} bytes they may have.`,
      });
    this.#backend.bytes.set(block, pointer);
    const model: LoadedModel = {
      digest,
      header,
      facts,
      features: facts.features,
      learnsMissing: header.missing === 'learn',
      bytes,
      block: pointer,
      scratch: pointer + scratchAt,
      row: pointer + rowAt,
    };
    this.#loaded.set(digest, model);
    this.#bytes += bytes;
    return model;
  }

  /** A model larger than the whole budget is loaded all the same, alone. */
  #makeRoom(bytes: number, evicted: () => void): void {
    for (const model of this.#loaded.values()) {
      if (this.#bytes + bytes <= this.#budget) return;
      this.#loaded.delete(model.digest);
      this.#bytes -= model.bytes;
      this.#backend.c.free(model.block);
      evicted();
    }
  }
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 16) * 16;
