/** What a client says in SQL, and what it is answered: statements in, messages of the protocol out. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeBackend, type TransactionStatus } from '@pgml/protocol';
import { cancelled, toReport } from '../../errors.js';
import { RuntimeError, type Session } from '../../runtime.js';
import { type Columns, describeRows, encodeError, encodeRow, type Value } from './answers.js';
import { type Caller, type DoorFunction, findFunction, type Status } from './functions.js';
import { PushedDatasets } from './pushed-datasets.js';
import { checkSet, reportedSettings } from './settings.js';
import { parseStatements, type Statement } from './statement.js';
import { OpenStreams } from './streams.js';
import { Transactions } from './transactions.js';

/** Takes a message. Returns a promise, to be waited for, when the client is slow to take those before. */
export type Send = (message: Uint8Array) => Promise<void> | undefined;

/** Then other connections have their turn, and cancel requests are heard. */
const STATEMENTS_IN_A_ROW = 64;

/** The tags of statements that are accepted and do nothing. */
const tags = {
  set: 'SET',
  reset: 'RESET',
  begin: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  discard: 'DISCARD ALL',
  deallocate: 'DEALLOCATE ALL',
} as const;

const oneRow = encodeBackend({ type: 'CommandComplete', tag: 'SELECT 1' });

export class Conversation {
  readonly settings: Readonly<Record<string, string>>;
  readonly #session: Session;
  readonly #streams: OpenStreams;
  readonly #transactions: Transactions;
  readonly #caller: Caller;
  #status: TransactionStatus = 'I';

  constructor(session: Session, status: Status, applicationName: string) {
    this.settings = reportedSettings(status.version, status.user, applicationName);
    this.#session = session;
    const datasets = new PushedDatasets(session);
    this.#streams = new OpenStreams(session);
    this.#transactions = new Transactions(() => {
      datasets.drop();
      this.#streams.closeAll();
    });
    this.#caller = { session, datasets, streams: this.#streams, transactions: this.#transactions, status };
  }

  /** There are no transactions here, but what stands between keeps account of them. */
  get status(): TransactionStatus {
    return this.#status;
  }

  /** Executes the statements of a query, up to the first that fails, and sends the answers but for ReadyForQuery. */
  async query(sql: Buffer, signal: AbortSignal, send: Send): Promise<void> {
    try {
      const statements = parseStatements(sql);
      if (statements.length === 0) await send(encodeBackend({ type: 'EmptyQueryResponse' }));
      for (const [index, statement] of statements.entries()) {
        if (index % STATEMENTS_IN_A_ROW === STATEMENTS_IN_A_ROW - 1) await nextTurn();
        if (signal.aborted) throw cancelled();
        await this.#execute(statement, signal, send);
      }
    } catch (error) {
      await send(this.fail(error));
    }
  }

  /** The message for an error, which fails the transaction. */
  fail(error: unknown): Uint8Array {
    if (this.#status === 'T') this.#status = 'E';
    return encodeError(toReport(error), 'ERROR');
  }

  close(): void {
    this.#streams.closeAll();
    this.#session.close();
  }

  async #execute(statement: Statement, signal: AbortSignal, send: Send): Promise<void> {
    const ends = statement.type === 'commit' || statement.type === 'rollback';
    if (this.#status === 'E' && !ends)
      throw new RuntimeError(
        '25P02',
        'current transaction is aborted, commands ignored until end of transaction block',
      );
    switch (statement.type) {
      case 'call':
        return this.#call(findFunction(statement.name, statement.arguments.length), statement.arguments, signal, send);
      case 'one':
        return this.#answerOne([['?column?', 'integer']], '1', 'SELECT 1', send);
      case 'show':
        return this.#answerOne([[statement.name, 'text']], this.#setting(statement.name), 'SHOW', send);
      case 'set':
        checkSet(statement.words);
        break;
      case 'begin':
        this.#status = 'T';
        break;
      case 'discard':
        // The connection goes to somebody else.
        this.#transactions.end();
    }
    const failed = this.#status === 'E';
    if (ends) this.#status = 'I';
    await send(encodeBackend({ type: 'CommandComplete', tag: failed ? tags.rollback : tags[statement.type] }));
  }

  async #call(
    called: DoorFunction,
    literals: (Statement & { type: 'call' })['arguments'],
    signal: AbortSignal,
    send: Send,
  ): Promise<void> {
    let rows = 0;
    const answer = (values: readonly Value[]) => {
      const row = encodeRow(values);
      if (rows++ === 0) void send(called.description);
      return send(row);
    };
    await called.run(this.#caller, literals, answer, signal);
    if (rows === 0) void send(called.description);
    await send(rows === 1 ? oneRow : encodeBackend({ type: 'CommandComplete', tag: `SELECT ${rows}` }));
  }

  async #answerOne(columns: Columns, value: string, tag: string, send: Send): Promise<void> {
    void send(describeRows(columns));
    void send(encodeRow([value]));
    await send(encodeBackend({ type: 'CommandComplete', tag }));
  }

  #setting(name: string): string {
    if (name === 'transaction_read_only') return 'off';
    const found = Object.entries(this.settings).find(([known]) => known.toLowerCase() === name);
    if (!found) throw new RuntimeError('42704', `unrecognized configuration parameter "${name}"`);
    return found[1];
  }
}
