/**
 * Makes one PostgreSQL session look like one for each client: whose turn it is finds its own role, settings,
 * notification channels and statements of SQL-level PREPARE.
 *
 * What cannot be separated, and is shared by all clients: temporary tables (a client's own are dropped when it leaves),
 * cursors WITH HOLD, advisory locks, currval() of sequences.
 */
import type { ErrorFields } from '@pgml/protocol';
import type { SessionImage, SessionRole, Setting } from './database-door.js';
import { type PostgresSession, QueryFailed, quoteIdentifier, quoteLiteral } from './postgres-session.js';
import type { SessionSettings } from './session-settings.js';

/** What PostgreSQL 18 reports to every client when it connects. */
const reported = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'default_transaction_read_only',
  'in_hot_standby',
  'integer_datetimes',
  'IntervalStyle',
  'is_superuser',
  'scram_iterations',
  'search_path',
  'server_encoding',
  'server_version',
  'standard_conforming_strings',
  'TimeZone',
];

export interface ClientState {
  readonly client: number;
  readonly role: SessionRole;
  startup: readonly Setting[];
  /** With `session_authorization` and `role` where a superuser has changed them. */
  settings: ReadonlyMap<string, string>;
  readonly channels: Set<string>;
  /** Texts of its PREPARE commands, kept while it is not its turn. */
  prepared: string[];
  /** Has used PREPARE since it came. */
  prepares: boolean;
  readonly temporaryObjects: Set<string>;
}

/** What happened in a transaction that the server must look after when it ends. */
export interface TurnEffects {
  /** Texts of LISTEN and UNLISTEN commands, in order. */
  readonly channelCommands: string[];
  channelsMayDiffer: boolean;
  mayHaveMadeTemporaryObjects: boolean;
  wentBackToStartup: boolean;
  discardedAll: boolean;
}

export const noEffects = (): TurnEffects => ({
  channelCommands: [],
  channelsMayDiffer: false,
  mayHaveMadeTemporaryObjects: false,
  wentBackToStartup: false,
  discardedAll: false,
});

/** Names that the server gives to the prepared statements of a client, so that clients do not see each other's. */
export const statementPrefix = (client: number): string => `c${client}s`;

export class ClientSessions {
  readonly #session: PostgresSession;
  readonly #settings: SessionSettings;
  readonly #bootstrapRole: string;
  readonly #states = new Map<number, ClientState>();
  #current: ClientState | undefined;

  constructor(session: PostgresSession, settings: SessionSettings, bootstrapRole: string) {
    this.#session = session;
    this.#settings = settings;
    this.#bootstrapRole = bootstrapRole;
  }

  /** A client from before a restart. */
  restore(image: SessionImage): ClientState {
    const state: ClientState = {
      client: image.client,
      role: image.role,
      startup: image.startup,
      settings: new Map(image.settings),
      channels: new Set(image.channels),
      prepared: [],
      prepares: false,
      temporaryObjects: new Set(),
    };
    this.#states.set(state.client, state);
    for (const channel of state.channels) this.#asServer(`LISTEN ${quoteIdentifier(channel)}`);
    return state;
  }

  /** A new client: settings of its role and database, then those of its startup packet, which only its own rights may change. */
  open(image: SessionImage): readonly Setting[] | ErrorFields {
    const state = this.restore(image);
    try {
      const defaults = this.#asServer(
        `SELECT unnest(setconfig) FROM pg_db_role_setting
         WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
           AND setrole IN (0, ${image.role.id}) ORDER BY setrole, setdatabase`,
      ).map(([text]) => splitSetting(text!));
      state.settings = new Map(image.role.id === 10 ? [] : defaults);
      this.enter(image.client);
      if (image.startup.length > 0) this.#session.query(`SELECT ${image.startup.map(setConfig).join(', ')}`);
      state.settings = this.#capture(state);
      const parameters = this.#session.query(
        `SELECT name, current_setting(name) FROM unnest(ARRAY[${reported.map(quoteLiteral).join()}]) AS name`,
      ) as [string, string][];
      return [...parameters, ['session_authorization', image.role.name]];
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      this.forget(image.client);
      return error.fields;
    }
  }

  get current(): ClientState | undefined {
    return this.#current;
  }

  /** The session becomes that of `client`. */
  enter(client: number): ClientState {
    if (this.#current?.client === client) return this.#current;
    const state = this.#states.get(client);
    if (!state) throw new Error(`client ${client} is not known to the database thread`);
    this.#leave();
    this.#applySettings(state.settings);
    this.#become(state);
    for (const text of state.prepared) this.#quietly(text);
    state.prepared = [];
    this.#current = state;
    return state;
  }

  /** The session becomes the server's own. */
  #leave(): void {
    this.#session.becomeSuperuser();
    const state = this.#current;
    this.#current = undefined;
    if (state?.settings.has('role')) this.#session.query('RESET ROLE');
    if (!state?.prepares) return;
    const rows = this.#session.query('SELECT name, statement FROM pg_prepared_statements WHERE from_sql');
    state.prepared = rows.map(([, statement]) => statement!);
    for (const [name] of rows) this.#session.query(`DEALLOCATE ${quoteIdentifier(name!)}`);
  }

  #become({ role, settings }: ClientState): void {
    this.#setSessionUser(settings.get('session_authorization') ?? role.name);
    const taken = settings.get('role');
    if (!role.superuser) this.#session.lockUser(role.id);
    else if (taken !== undefined) this.#session.query(`SET ROLE ${quoteIdentifier(taken)}`);
  }

  #setSessionUser(name: string): void {
    if (this.#settings.valueOf('session_authorization') !== name)
      this.#session.query(`SET SESSION AUTHORIZATION ${quoteLiteral(name)}`);
  }

  /** What the current client has changed. Only a superuser can have changed who it is. */
  #capture({ role }: ClientState): Map<string, string> {
    const settings = this.#settings.changed();
    if (!role.superuser) return settings;
    const user = this.#settings.valueOf('session_authorization');
    if (user !== role.name) settings.set('session_authorization', user);
    const taken = this.#settings.valueOf('role');
    if (taken !== 'none') settings.set('role', taken);
    return settings;
  }

  #applySettings(wanted: ReadonlyMap<string, string>): void {
    const actual = this.#settings.changed();
    const resets = [...actual.keys()].filter((name) => !wanted.has(name)).map((name) => `RESET ${settingName(name)}`);
    const changes = [...wanted]
      .filter(([name, value]) => actual.get(name) !== value && name !== 'role' && name !== 'session_authorization')
      .map(setConfig);
    if (changes.length > 0) resets.push(`SELECT ${changes.join(', ')}`);
    if (resets.length > 0) this.#session.query(resets.join('; '));
  }

  /** A query of the server; the session is nobody's afterwards. */
  #asServer(sql: string): (string | null)[][] {
    this.#leave();
    return this.query(sql);
  }

  query(sql: string): (string | null)[][] {
    this.#leave();
    this.#setSessionUser(this.#bootstrapRole);
    this.#applySettings(new Map());
    return this.#session.query(sql);
  }

  #quietly(sql: string): void {
    try {
      this.#session.query(sql);
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
    }
  }

  /** The transaction of the current client has ended. Returns what the server must know for a restart. */
  settle(effects: TurnEffects): { settings: readonly Setting[] | undefined; channels: readonly string[] | undefined } {
    const state = this.#current!;
    if (effects.discardedAll) this.#discard(state);
    if (effects.wentBackToStartup) this.#returnToStartup(state);
    const settings = this.#capture(state);
    const changed = !sameSettings(settings, state.settings);
    state.settings = settings;
    if (effects.mayHaveMadeTemporaryObjects) this.#claimTemporaryObjects(state);
    if (effects.channelsMayDiffer) this.#settleChannels(state, effects.channelCommands);
    return {
      settings: changed ? [...settings] : undefined,
      channels: effects.channelsMayDiffer ? [...state.channels] : undefined,
    };
  }

  /** RESET goes back to the server's defaults; for a client of its own it would go back to what it gave at connection. */
  #returnToStartup(state: ClientState): void {
    const actual = this.#settings.changed();
    const missing = state.startup.filter(([name]) => ![...actual.keys()].some((key) => sameName(key, name)));
    if (missing.length > 0) this.#session.query(`SELECT ${missing.map(setConfig).join(', ')}`);
  }

  /**
   * The session listens to all channels of all clients. What it listens to after the transaction shows most of
   * what the client did; only a LISTEN for a channel that another client holds leaves no trace, hence the texts.
   */
  #settleChannels(state: ClientState, commands: readonly string[]): void {
    const actual = new Set(this.#session.query('SELECT pg_listening_channels()').map(([channel]) => channel!));
    const others = [...this.#states.values()].filter((other) => other !== state);
    for (const [listen, channel] of commands.flatMap(channelsIn)) {
      if (!listen && channel === '*') state.channels.clear();
      else if (!listen) state.channels.delete(channel);
      else if (actual.has(channel)) state.channels.add(channel);
    }
    for (const channel of state.channels) if (!actual.has(channel)) state.channels.delete(channel);
    for (const channel of actual) if (!others.some((other) => other.channels.has(channel))) state.channels.add(channel);
    const lost = others.flatMap((other) => [...other.channels]).filter((channel) => !actual.has(channel));
    for (const channel of new Set(lost)) this.#session.query(`LISTEN ${quoteIdentifier(channel)}`);
  }

  #claimTemporaryObjects(state: ClientState): void {
    const known = new Set([...this.#states.values()].flatMap((other) => [...other.temporaryObjects]));
    for (const [id] of this.#session.query(
      "SELECT oid FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'p', 'v', 'S')",
    ))
      if (!known.has(id!)) state.temporaryObjects.add(id!);
  }

  /** Rolls back what is open and removes what the client leaves in the session. */
  close(client: number): void {
    const state = this.#states.get(client);
    if (!state) return;
    if (this.#current === state) this.#quietly('ROLLBACK');
    this.#discard(state);
    this.forget(client);
  }

  /** What DISCARD ALL does, without taking anything from other clients. */
  #discard(state: ClientState): void {
    const again = this.#current === state;
    const { temporaryObjects, channels } = state;
    state.prepares = false;
    state.prepared = [];
    const statements = this.#asServer(
      `SELECT name FROM pg_prepared_statements WHERE from_sql OR name ~ '^${statementPrefix(state.client)}[0-9]+$'`,
    );
    for (const [name] of statements) this.#quietly(`DEALLOCATE ${quoteIdentifier(name!)}`);
    if (temporaryObjects.size > 0) this.#dropObjects([...temporaryObjects]);
    temporaryObjects.clear();
    const own = [...channels];
    channels.clear();
    for (const channel of own)
      if (![...this.#states.values()].some((other) => other.channels.has(channel)))
        this.#asServer(`UNLISTEN ${quoteIdentifier(channel)}`);
    if (again) this.enter(state.client);
  }

  #dropObjects(ids: readonly string[]): void {
    const kinds: Record<string, string> = { v: 'VIEW', S: 'SEQUENCE' };
    const objects = this.#asServer(`SELECT oid::regclass, relkind FROM pg_class WHERE oid IN (${ids.join()})`);
    for (const [name, kind] of objects) this.#quietly(`DROP ${kinds[kind!] ?? 'TABLE'} IF EXISTS ${name} CASCADE`);
  }

  forget(client: number): void {
    const state = this.#states.get(client);
    if (state && this.#current === state) this.#leave();
    this.#states.delete(client);
  }
}

const setConfig = ([name, value]: Setting): string =>
  `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`;

const settingName = (name: string): string => name.split('.').map(quoteIdentifier).join('.');

const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

function splitSetting(text: string): Setting {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

const sameSettings = (left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean =>
  left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);

/** The channels that a text listens to (true) or not any more (false; `*` for all). */
function channelsIn(text: string): [listen: boolean, channel: string][] {
  const pattern = /\b(un)?listen\s+(?:"((?:[^"]|"")+)"|(\*|[\p{L}_][\p{L}\p{N}_$]*))/giu;
  return [...text.matchAll(pattern)].map(([, un, quoted, plain]) => [
    un === undefined,
    quoted === undefined ? plain.toLowerCase() : quoted.replace(/""/g, '"'),
  ]);
}
