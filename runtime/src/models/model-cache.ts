/**
 * The models of a runtime, one copy for all its sessions, found by the SHA-256 of their artifact. When they take more
 * than they may, the model used longest ago goes first.
 */
import { createHash } from 'node:crypto';
import { type Artifact, readArtifact } from '@pgml/engine';
import { EvaluatorMemory } from './evaluator-memory.js';

export interface LoadedModel extends Pick<Artifact, 'header' | 'facts'> {
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly digest: string;
  /** Length of the artifact: its block lies in the memory of the evaluators, its header in JavaScript's. */
  readonly bytes: number;
  /** Address of the evaluator block. */
  readonly block: number;
}

/** Facts for people and metrics. The counts are of the time since the start. */
export interface ModelCacheReport {
  readonly models: number;
  readonly bytes: number;
  readonly limitBytes: number;
  /** The memory of the evaluators: what models take now, and have taken. */
  readonly memoryBytes: number;
  /** Times that a model was asked for and there. */
  readonly hits: number;
  readonly misses: number;
  readonly loads: number;
  readonly evictions: number;
}

interface Entry {
  readonly model: LoadedModel;
  /** Predictions under way. */
  users: number;
}

const MEGABYTE = 2 ** 20;

export class ModelCache {
  readonly memory = new EvaluatorMemory();
  readonly #limit: number;
  /** By digest; the one used longest ago comes first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #loads = 0;
  #evictions = 0;

  constructor(megabytes: number) {
    this.#limit = megabytes * MEGABYTE;
  }

  /** Loads a model unless it is there, and returns its digest. Throws ArtifactError for bytes that are no model. */
  load(bytesOfArtifact: Uint8Array): string {
    const digest = createHash('sha256').update(bytesOfArtifact).digest('hex');
    const known = this.#entries.get(digest);
    if (known) {
      this.#touch(known);
      return digest;
    }
    const { header, facts, block } = readArtifact(bytesOfArtifact);
    const bytes = bytesOfArtifact.length;
    this.#evictUntil(() => this.#bytes + bytes <= this.#limit && this.memory.hasRoom(bytes, this.#limit));
    const address = this.memory.allocate(block.length);
    this.memory.view(address, block.length).set(block);
    this.#entries.set(digest, { model: { digest, header, facts, bytes, block: address }, users: 0 });
    this.#bytes += bytes;
    this.#loads++;
    return digest;
  }

  /** The model, which stays where it is until it is released as often as it was used; undefined if it is not there. */
  use(digest: string): LoadedModel | undefined {
    const entry = this.#entries.get(digest);
    if (!entry) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#touch(entry);
    entry.users++;
    return entry.model;
  }

  release({ digest }: LoadedModel): void {
    this.#entries.get(digest)!.users--;
    this.#evictUntil(() => this.#bytes <= this.#limit || this.#entries.size === 1);
  }

  report(): ModelCacheReport {
    return {
      models: this.#entries.size,
      bytes: this.#bytes,
      limitBytes: this.#limit,
      memoryBytes: this.memory.bytes,
      hits: this.#hits,
      misses: this.#misses,
      loads: this.#loads,
      evictions: this.#evictions,
    };
  }

  #touch(entry: Entry): void {
    this.#entries.delete(entry.model.digest);
    this.#entries.set(entry.model.digest, entry);
  }

  /**
   * Lets models that are not in use go until it is enough, or none is left. So a model larger than the limit is alone, and
   * models in use may together exceed it until they are released.
   */
  #evictUntil(enough: () => boolean): void {
    for (const { model, users } of this.#entries.values()) {
      if (enough()) return;
      if (users > 0) continue;
      this.#entries.delete(model.digest);
      this.#bytes -= model.bytes;
      this.memory.free(model.block);
      this.#evictions++;
    }
  }
}
