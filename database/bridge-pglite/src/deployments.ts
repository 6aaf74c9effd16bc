/**
 * Which model a project's name or a model's id means, as the SQL functions of the schema answer it, remembered.
 *
 * An answer holds for the user who got it, and until anything that it may rest on has changed. What changes is told by
 *   - the trigger on the tables that the answers come from (`changed`),
 *   - PostgreSQL's invalidation messages about tables and functions: DDL, privileges, and the undoing of both,
 *   - the end of a transaction or subtransaction, which can undo what the trigger told.
 * All of these forget everything. In a transaction that has changed those tables, snapshots of different age see
 * different answers, so there an answer holds only for snapshots of the same command (SnapshotData.curcid). Elsewhere
 * all snapshots see the same, because PGlite has one session and so nobody else to change anything.
 */
import type { Backend } from './backend.js';
import { SqlError } from './errors.js';
import type { LoadedModel, Models } from './models.js';
import type { Spi } from './spi.js';
import { contentLength, contentStart, makeInt8, oid, readable, readBytea, readInt8, readText } from './values.js';

interface Answer {
  readonly user: number;
  readonly command: number;
  readonly model: LoadedModel;
}
interface ProjectAnswer extends Answer {
  readonly name: Uint8Array;
}
interface IdAnswer extends Answer {
  readonly low: number;
  readonly high: number;
}

const ANY_COMMAND = -1;
const SNAPSHOT_COMMAND = 32;
/** More projects than this in one statement, and answers are looked up again. */
const REMEMBERED = 64;

export class Deployments {
  readonly #backend: Backend;
  readonly #spi: Spi;
  readonly #models: Models;
  /** The newest answer stands first. */
  #projects: ProjectAnswer[] = [];
  #ids: IdAnswer[] = [];
  /** Counts how often everything was forgotten. */
  #generation = 0;
  #changedHere = false;

  constructor(backend: Backend, spi: Spi, models: Models) {
    this.#backend = backend;
    this.#spi = spi;
    this.#models = models;
  }

  /** The tables that answers come from have been changed by this transaction. */
  changed(): void {
    this.#changedHere = true;
    this.forget();
  }

  endTransaction(): void {
    this.#changedHere = false;
    this.forget();
  }

  forget(): void {
    this.#generation++;
    if (this.#projects.length > 0) this.#projects = [];
    if (this.#ids.length > 0) this.#ids = [];
  }

  /** The model deployed for the project whose name is the text `datum`. */
  ofProject(datum: number): LoadedModel {
    const backend = this.#backend;
    const name = readable(backend, datum);
    const start = contentStart(backend, name);
    const length = contentLength(backend, name);
    const user = backend.c.GetUserId();
    const command = this.#command();
    const answers = this.#projects;
    for (let index = 0; index < answers.length; index++) {
      const answer = answers[index]!;
      if (answer.user !== user || answer.command !== command || !this.#isName(answer.name, start, length)) continue;
      return answer.model;
    }
    return this.#lookUpProject(name, user, command);
  }

  /** The model whose id is the int8 `datum`. */
  ofId(datum: number): LoadedModel {
    const { view } = this.#backend;
    const low = view.getInt32(datum, true);
    const high = view.getInt32(datum + 4, true);
    const user = this.#backend.c.GetUserId();
    const command = this.#command();
    const answers = this.#ids;
    for (let index = 0; index < answers.length; index++) {
      const answer = answers[index]!;
      if (answer.low !== low || answer.high !== high || answer.user !== user || answer.command !== command) continue;
      return answer.model;
    }
    return this.#lookUpId(datum, user, command);
  }

  #command(): number {
    if (!this.#changedHere || this.#backend.c.ActiveSnapshotSet() === 0) return ANY_COMMAND;
    return this.#backend.word(this.#backend.c.GetActiveSnapshot() + SNAPSHOT_COMMAND);
  }

  #isName(name: Uint8Array, start: number, length: number): boolean {
    if (name.length !== length) return false;
    const { bytes } = this.#backend;
    for (let index = 0; index < length; index++) if (bytes[start + index] !== name[index]) return false;
    return true;
  }

  #lookUpProject(name: number, user: number, command: number): LoadedModel {
    const generation = this.#generation;
    const backend = this.#backend;
    const id = this.#spi.lookUp('SELECT pgml.deployed_model($1)', oid.text, name, (datum) => readInt8(backend, datum));
    if (id === undefined)
      throw new SqlError('55000', `No deployed model exists for the project named: \`${readText(backend, name)}\``);
    const model = this.ofId(makeInt8(backend, id));
    if (generation === this.#generation)
      remember(this.#projects, { user, command, model, name: readBytea(backend, name) });
    return model;
  }

  #lookUpId(id: number, user: number, command: number): LoadedModel {
    const generation = this.#generation;
    const backend = this.#backend;
    const model = this.#spi.lookUp('SELECT pgml.model_artifact($1)', oid.int8, id, (datum) => {
      const artifact = readable(backend, datum);
      const start = contentStart(backend, artifact);
      return this.#models.load(backend.bytes.subarray(start, start + contentLength(backend, artifact)), () =>
        this.forget(),
      );
    });
    if (model === undefined) throw new SqlError('42704', `No model exists with the id ${readInt8(backend, id)}`);
    if (generation === this.#generation)
      remember(this.#ids, { user, command, model, low: backend.word(id), high: backend.word(id + 4) });
    return model;
  }
}

function remember<T>(answers: T[], answer: T): void {
  answers.unshift(answer);
  if (answers.length > REMEMBERED) answers.pop();
}
