/**
 * Which model a project's name or a model's id means, as the SQL functions of the schema answer it, remembered.
 *
 * An answer holds for the user who got it, and until anything that it may rest on has changed. What changes is told by
 *   - the trigger on the tables that the answers come from (`changed`),
 *   - PostgreSQL's invalidation messages about tables and functions: DDL, privileges, and the undoing of both,
 *   - the end of a transaction in which the trigger told something.
 * All of these forget everything. In a transaction that has changed those tables, snapshots of different age see
 * different answers, so there an answer holds only for snapshots of the same command (SnapshotData.curcid). Elsewhere
 * all snapshots see the same, because PGlite has one session and so nobody else to change anything; the answer given
 * last there is handed to the shortcut, which uses it until everything is forgotten.
 */
import { SqlError } from '@pgml/engine';
import type { Backend } from './backend.js';
import type { LoadedModel, Models } from './models.js';
import { dropCachedPlans } from './plans.js';
import type { Shortcut } from './shortcut.js';
import type { Spi } from './spi.js';
import {
  argument,
  contentLength,
  contentStart,
  makeInt8,
  oid,
  readable,
  readBytea,
  readInt8,
  readText,
} from './values.js';

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
  readonly #shortcut: Shortcut;
  /** The newest answer stands first. */
  #projects: ProjectAnswer[] = [];
  #ids: IdAnswer[] = [];
  /** Counts how often everything was forgotten. */
  #generation = 0;
  /** The last command of this transaction that has changed the tables of the answers, or after which they had changed. */
  #changedBy: number | undefined;

  constructor(backend: Backend, spi: Spi, models: Models, shortcut: Shortcut) {
    this.#backend = backend;
    this.#spi = spi;
    this.#models = models;
    this.#shortcut = shortcut;
  }

  /** The tables that answers come from have been changed by this transaction. */
  changed(): void {
    this.#changedBy = this.#backend.c.GetCurrentCommandId(0);
    this.forget();
  }

  endTransaction(): void {
    if (this.#changedBy === undefined) return;
    this.#changedBy = undefined;
    this.forget();
  }

  forget(): void {
    this.#generation++;
    this.#shortcut.forget();
    if (this.#projects.length > 0) this.#projects = [];
    if (this.#ids.length > 0) this.#ids = [];
  }

  /** The model deployed for the project whose name is the first argument of a call. */
  ofProject(fcinfo: number): LoadedModel {
    const backend = this.#backend;
    const name = readable(backend, argument(backend, fcinfo, 0));
    const start = contentStart(backend, name);
    const length = contentLength(backend, name);
    const user = backend.c.GetUserId();
    const command = this.#commandSeen(fcinfo);
    const answers = this.#projects;
    for (let index = 0; index < answers.length; index++) {
      const answer = answers[index];
      if (answer.user === user && answer.command === command && this.#isName(answer.name, start, length)) {
        if (this.#changedBy === undefined) this.#shortcut.rememberProject(start, length, user, answer.model);
        return answer.model;
      }
    }
    return this.#lookUpProject(name, user, command);
  }

  /** The model whose id is the first argument of a call. */
  ofId(fcinfo: number): LoadedModel {
    const id = argument(this.#backend, fcinfo, 0);
    return this.#withId(id, this.#backend.c.GetUserId(), this.#commandSeen(fcinfo));
  }

  #withId(id: number, user: number, command: number): LoadedModel {
    const { view } = this.#backend;
    const low = view.getInt32(id, true);
    const high = view.getInt32(id + 4, true);
    const answers = this.#ids;
    for (let index = 0; index < answers.length; index++) {
      const answer = answers[index];
      if (answer.low === low && answer.high === high && answer.user === user && answer.command === command) {
        if (this.#changedBy === undefined) this.#shortcut.rememberId(id, user, answer.model);
        return answer.model;
      }
    }
    return this.#lookUpId(id, user, command);
  }

  #commandSeen(fcinfo: number): number {
    return this.#changedBy === undefined ? ANY_COMMAND : this.#commandOfSnapshot(fcinfo, this.#changedBy);
  }

  /**
   * Which command the active snapshot belongs to. If it is too old to see the last change, and the arguments are
   * constant, then this may be the planner that computes a result to keep: no plan with it must outlive the snapshot.
   */
  #commandOfSnapshot(fcinfo: number, changedBy: number): number {
    const { c } = this.#backend;
    if (c.ActiveSnapshotSet() === 0) return ANY_COMMAND;
    const command = this.#backend.word(c.GetActiveSnapshot() + SNAPSHOT_COMMAND);
    const routine = this.#backend.word(fcinfo);
    if (command <= changedBy && c.get_fn_expr_arg_stable(routine, 0) && c.get_fn_expr_arg_stable(routine, 1))
      dropCachedPlans(this.#backend);
    return command;
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
    const model = this.#withId(makeInt8(backend, id), user, command);
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
