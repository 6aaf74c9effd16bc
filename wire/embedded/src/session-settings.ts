/**
 * Which settings the session has changed, by whatever way: SET, set_config() in a function, RESET, a rollback.
 *
 * The view pg_settings answers that in about a millisecond and hides the names that an extension or an application makes
 * up (`app.tenant`). PostgreSQL itself keeps a list of all settings that differ from their default (guc.c,
 * guc_nondef_list), and reading the list where it stands takes microseconds, so it is read at the end of every turn.
 *
 * Layout of struct config_generic (guc_tables.h of PostgreSQL 18, 32-bit pointers), in bytes:
 *   0 name   4 context   8 group   12 short_desc   16 long_desc   20 flags   24 vartype   28 status   32 source
 *   36 reset_source   40 scontext   44 reset_scontext   48 srole   52 reset_srole   56 stack   60 extra
 *   64 nondef_link.prev   68 nondef_link.next
 */
import { type PostgresModule, permanentString, wordsOf } from './postgres-module.js';

const SOURCE = 32;
const LINK = 64;
const NEXT = 4;
/** PGC_S_SESSION of enum GucSource. */
const SOURCE_SESSION = 13;
const STRUCT_WORDS = 24;
/** Who the session is; see ClientSessions. */
const identity = new Set(['role', 'session_authorization', 'is_superuser']);
const landmark = 'data_directory';

export class SessionSettings {
  readonly #module: PostgresModule;
  /** Address of the list node of a setting that always differs from its default. */
  readonly #start: number;
  readonly #names = new Map<string, number>();

  constructor(module: PostgresModule) {
    this.#module = module;
    this.#start = findSetting(module, landmark) + LINK;
  }

  /** Name → value as current_setting() without units shows it, sorted by name. */
  changed(): Map<string, string> {
    const memory = wordsOf(this.#module);
    const found: [string, string][] = [];
    for (let node = memory[(this.#start + NEXT) >> 2]; node !== this.#start; node = memory[(node + NEXT) >> 2]!) {
      const setting = node - LINK;
      // The head of the list is a node in no setting; the word in the place of its source never is that of a session,
      // because it lies among other list heads.
      if (memory[(setting + SOURCE) >> 2] !== SOURCE_SESSION) continue;
      const pointer = memory[setting >> 2];
      const name = this.#module.UTF8ToString(pointer);
      if (!identity.has(name)) found.push([name, this.value(pointer)]);
    }
    return new Map(found.sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Value of the setting whose name stands at `pointer`, in its base unit. */
  value(pointer: number): string {
    return this.#module.UTF8ToString(this.#module._GetConfigOption(pointer, 0, 0));
  }

  valueOf(name: string): string {
    let pointer = this.#names.get(name);
    if (pointer === undefined) this.#names.set(name, (pointer = permanentString(this.#module, name)));
    return this.value(pointer);
  }
}

/** The struct of a setting: its first word points to its name, and its list node is linked from both sides. */
function findSetting(module: PostgresModule, name: string): number {
  const { HEAPU8 } = module;
  const words = wordsOf(module);
  const memory = Buffer.from(HEAPU8.buffer, HEAPU8.byteOffset, HEAPU8.byteLength);
  const text = Buffer.from(`\0${name}\0`);
  const linked = (setting: number): boolean => {
    const node = setting + LINK;
    const next = words[(node + NEXT) >> 2];
    const previous = words[node >> 2];
    return words[next >> 2] === node && words[(previous + NEXT) >> 2] === node;
  };
  for (let at = memory.indexOf(text); at >= 0; at = memory.indexOf(text, at + 1))
    for (let word = words.indexOf(at + 1); word >= 0; word = words.indexOf(at + 1, word + 1))
      if (word + STRUCT_WORDS < words.length && linked(word * 4)) return word * 4;
  throw new Error(`PGlite keeps its settings in another layout than expected: ${name} was not found`);
}
