/**
 * Keeps a serving process running.
 *
 *   starting ── ready ──▶ serving ── it dies ──▶ waiting ── at once, or up to 1 s ──▶ starting
 *       └──── it dies ──────────────────────────────▲
 *   any ── close ──▶ stopping ── it has ended ──▶ stopped
 *   waiting ── it has died too often in a row ──▶ failed
 *
 * The first serving process makes the listening sockets and hands them up; each that follows is born with them open. So
 * they are never closed in between: clients who connect while there is no serving process wait, and are then served.
 * Nothing else of a serving process outlives it. One that does not answer any more (heartbeat.ts) is killed. When the
 * supervisor dies, the serving process ends by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checked } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import type { Endpoint } from './endpoints.js';
import { Heartbeat } from './heartbeat.js';
import { createLog, type Log } from './log.js';
import type { FromServing, ToServing } from './messages.js';
import { printDuration } from './setting-kinds.js';
import {
  type Configuration,
  defaults,
  type Setting,
  type SettingName,
  settingNames,
  settings,
  spellings,
} from './settings.js';
import { takeStateDirectory } from './state-directory.js';
import { loadTls } from './tls.js';
import { loadUsers } from './users.js';

const servingProcess = fileURLToPath(new URL('./serving-process.js', import.meta.url));

/** Standard input, output, error and the channel come first. */
const FIRST_DESCRIPTOR = 4;
/** One that has served for less was short-lived, as is one that never came to serve. */
const SHORT_LIFE_MILLISECONDS = 1000;
const SHORTEST_WAIT_MILLISECONDS = 50;
const LONGEST_WAIT_MILLISECONDS = 1000;
/** Short lives in a row after which something is wrong that no restart mends. */
const SHORT_LIVES = 8;

/** How much longer than it should a serving process may take to stop. */
const STOP_PATIENCE_MILLISECONDS = 5000;

/** A listening socket that this process keeps open and does not use: what `descriptor` is for it is `fd`. */
interface KeptSocket {
  readonly fd: number;
  close(): void;
}

export interface SupervisorOptions extends Partial<Configuration> {
  /** Where the log goes, of this process and of the serving one. Default: standard error. */
  readonly output?: NodeJS.WritableStream;
}

/** A runtime in processes of its own; what is not given is default. Resolves when it serves. Throws ConfigurationError. */
export async function superviseRuntime({ output, ...given }: SupervisorOptions = {}): Promise<Supervisor> {
  const configuration = checked({ ...defaults, ...given });
  const release = takeStateDirectory(configuration);
  const supervisor = new Supervisor(configuration, release, output);
  await supervisor.started;
  return supervisor;
}

export class Supervisor {
  /** Resolves when the first serving process serves, rejects if it cannot. */
  readonly started: Promise<void>;
  /** Resolves when the supervisor has given up. */
  readonly failed: Promise<Error>;
  readonly #release: () => void;
  readonly #output: NodeJS.WritableStream | undefined;
  readonly #log: Log;
  #configuration: Configuration;
  #state: 'starting' | 'serving' | 'waiting' | 'stopping' | 'stopped' | 'failed' = 'starting';
  #child: ChildProcess | undefined;
  #endpoints: Endpoint[] = [];
  #sockets: KeptSocket[] = [];
  #restarts = 0;
  #hangs = 0;
  #shortLives = 0;
  /** When the serving process began to serve. */
  #readyAt = 0;
  /** Of the process that serves. */
  #heartbeat: Heartbeat | undefined;
  /** Until the next serving process is started, or until one that does not stop is killed. */
  #wait: NodeJS.Timeout | undefined;
  /** What the serving process has said about its failure, or what is to be said about it. */
  #reason: (FromServing & { type: 'failed' }) | undefined;
  readonly #ended: Promise<void>;
  #stopped: () => void = () => {};
  #begun: { resolve(): void; reject(error: Error): void } = { resolve: () => {}, reject: () => {} };
  #fail: (error: Error) => void = () => {};

  constructor(configuration: Configuration, release: () => void, output: NodeJS.WritableStream | undefined) {
    this.#configuration = configuration;
    this.#release = release;
    this.#output = output;
    const write = output && ((line: string) => void output.write(line));
    this.#log = createLog(configuration.logLevel, configuration.logFormat, write);
    this.started = new Promise((resolve, reject) => {
      this.#begun = { resolve, reject };
    });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#ended = new Promise((resolve) => {
      this.#stopped = resolve;
    });
    this.#spawn();
  }

  /** Where clients come in, the PostgreSQL door on TCP first. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** The serving process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How many serving processes have been replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Takes over what can be while running, and says what cannot. Throws ConfigurationError, and then all stays as it is. */
  reload(configuration: Configuration): void {
    // As the serving process will do it, so that the next one does not fail by it.
    loadUsers(checked(configuration));
    loadTls(configuration);
    const changed = settingNames.filter((name) => configuration[name] !== this.#configuration[name]);
    const fixed = changed.filter((name) => !(settings[name] as Setting).reloaded);
    if (fixed.length > 0)
      this.#log.warning('these settings need a restart', { settings: fixed.map(spellings.file).join(', ') });
    const kept = Object.fromEntries(fixed.map((name: SettingName) => [name, this.#configuration[name]]));
    this.#configuration = { ...configuration, ...kept };
    this.#log.level = configuration.logLevel;
    if (this.#state === 'serving') this.#send({ type: 'reload', configuration: this.#configuration });
  }

  /** Running statements may go on for `shutdownTimeout`. Resolves when all is over. */
  close(): Promise<void> {
    if (this.#state === 'stopping' || this.#state === 'stopped' || this.#state === 'failed') return this.#ended;
    this.#state = 'stopping';
    clearTimeout(this.#wait);
    this.#heartbeat?.stop();
    // Who connects from now on is refused, instead of waiting for a process that does not come.
    this.#closeSockets();
    if (!this.#child) this.#end('stopped');
    else {
      this.#send({ type: 'stop' });
      const patience = this.#configuration.shutdownTimeout + STOP_PATIENCE_MILLISECONDS;
      this.#wait = setTimeout(() => this.kill(), patience);
    }
    return this.#ended;
  }

  /** Ends the serving process without waiting for anything. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #spawn(): void {
    this.#state = 'starting';
    this.#reason = undefined;
    const inherited = this.#sockets.map(({ fd }) => fd);
    const child = spawn(process.execPath, ['--enable-source-maps', servingProcess], {
      stdio: ['ignore', 'ignore', this.#output ? 'pipe' : 'inherit', 'ipc', ...inherited],
    });
    this.#child = child;
    if (this.#output) child.stderr!.pipe(this.#output, { end: false });
    child.on('message', (message: FromServing, handle) => this.#receive(message, handle as unknown as KeptSocket));
    child.once('error', (error) => this.#died(`cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => this.#died(signal ? `was killed by ${signal}` : `ended with ${code}`));
    const endpoints = this.#endpoints.map((endpoint, index) => ({ ...endpoint, descriptor: FIRST_DESCRIPTOR + index }));
    this.#send({
      type: 'serve',
      configuration: this.#configuration,
      endpoints: inherited.length > 0 ? endpoints : undefined,
      predecessors: { restarts: this.#restarts, hangs: this.#hangs },
    });
  }

  /** A process that is dying does not hear it; its death is dealt with when it is told. */
  #send(message: ToServing): void {
    this.#child?.send(message, () => {});
  }

  #receive(message: FromServing, handle: KeptSocket): void {
    switch (message.type) {
      case 'endpoint':
        this.#endpoints.push(message.endpoint);
        this.#sockets.push(handle);
        return;
      case 'ready':
        if (this.#state !== 'starting') return;
        this.#state = 'serving';
        this.#readyAt = performance.now();
        this.#listenToHeart();
        return this.#begun.resolve();
      case 'heartbeat':
        return this.#heartbeat?.answered();
      case 'failed':
        this.#reason = message;
    }
  }

  #listenToHeart(): void {
    const { heartbeat: milliseconds } = this.#configuration;
    this.#heartbeat = new Heartbeat({
      milliseconds,
      ask: () => this.#send({ type: 'heartbeat' }),
      silent: () => {
        this.#hangs++;
        this.#reason = {
          type: 'failed',
          message: `it did not answer for ${printDuration(milliseconds)}, the setting heartbeat`,
          explained: false,
        };
        this.kill();
      },
    });
  }

  #died(how: string): void {
    if (!this.#child) return;
    const short = this.#state === 'starting' || performance.now() - this.#readyAt < SHORT_LIFE_MILLISECONDS;
    const { pid } = this.#child;
    this.#child = undefined;
    this.#heartbeat?.stop();
    if (this.#state === 'stopping') return this.#end('stopped');
    const reason = this.#reason?.message ?? null;
    this.#log.error(`the serving process ${how}`, { pid: pid ?? null, reason, restarts: this.#restarts });
    if (this.#restarts === 0 && this.#state === 'starting') return this.#giveUp(how);
    this.#shortLives = short ? this.#shortLives + 1 : 0;
    if (this.#shortLives >= SHORT_LIVES) return this.#giveUp(how);
    this.#state = 'waiting';
    this.#restarts++;
    this.#wait = setTimeout(() => this.#spawn(), this.#pause());
  }

  /** None at first, then twice as long after each short life. */
  #pause(): number {
    if (this.#shortLives <= 1) return 0;
    return Math.min(LONGEST_WAIT_MILLISECONDS, SHORTEST_WAIT_MILLISECONDS * 2 ** (this.#shortLives - 2));
  }

  #giveUp(how: string): void {
    const { message, explained } = this.#reason ?? { message: `the serving process ${how}`, explained: false };
    const error = explained ? new ConfigurationError(message) : new Error(message);
    this.#end('failed');
    this.#begun.reject(error);
    this.#fail(error);
  }

  #end(state: 'stopped' | 'failed'): void {
    this.#state = state;
    clearTimeout(this.#wait);
    this.#closeSockets();
    for (const { address } of this.#endpoints) if ('path' in address) fs.rmSync(address.path, { force: true });
    this.#release();
    this.#stopped();
  }

  #closeSockets(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }
}
