/** `pgml runtime` as processes of its own, as an administrator runs it beside a database server: to be killed and measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveTo, settlePort, systemUser } from '@pgml/postgres';
import { pgml, temporaryDirectory } from './server.js';

const PASSWORD = 'p@ss/wörd of the runtime';
const START_SECONDS = 30;
/** As systemd waits. */
const RESTART_MILLISECONDS = 100;

export class RuntimeProcess {
  readonly directory: string;
  readonly port: number;
  readonly #flags: readonly string[];
  readonly #log: number;
  #supervisor: ChildProcess;
  #restart: NodeJS.Timeout | undefined;
  #answered = false;
  #stopping = false;
  /** How many times a supervisor ended and another was started. */
  restarts = 0;

  /** Starts on a free port and waits until it answers. `flags` are more of `pgml runtime`. */
  static async start(flags: readonly string[] = []): Promise<RuntimeProcess> {
    const directory = temporaryDirectory();
    const runtime = new RuntimeProcess(directory, await settlePort('127.0.0.1', 0), flags);
    await runtime.answering();
    return runtime;
  }

  private constructor(directory: string, port: number, flags: readonly string[]) {
    this.directory = directory;
    this.port = port;
    // PostgreSQL does not run as root; its backends must reach the socket all the same.
    const user = systemUser(undefined);
    giveTo(user, directory);
    const group = user.ids ? ['--socket-group', String(user.ids.gid)] : [];
    this.#flags = [...group, ...flags];
    this.#log = fs.openSync(path.join(directory, 'log'), 'a');
    this.#supervisor = this.#spawn();
  }

  /** For clients of the PostgreSQL protocol, password included. */
  get url(): string {
    return `postgresql://pgml:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/pgml`;
  }

  /** Path of the socket for the native bridge. */
  get socket(): string {
    return path.join(this.directory, 'pgml.sock');
  }

  /** Where its doors are, and who may enter. */
  get addresses(): {
    readonly postgres: { readonly port: number; readonly user: string; readonly password: string };
    readonly frames: string;
  } {
    return { postgres: { port: this.port, user: 'pgml', password: PASSWORD }, frames: this.socket };
  }

  get log(): string {
    return fs.readFileSync(path.join(this.directory, 'log'), 'utf8');
  }

  /** Process id of the supervisor. */
  get pid(): number {
    return this.#supervisor.pid!;
  }

  /** Process ids of the children of the supervisor, of which one serves. */
  children(): number[] {
    try {
      const text = fs.readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
      return text.split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }

  /** With SIGKILL. A supervisor that ends is soon started again, as a service manager would do. */
  kill(victim: 'supervisor' | 'children'): void {
    const pids = victim === 'supervisor' ? [this.pid] : this.children();
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }

  /** Waits until both doors accept connections. */
  async answering(): Promise<void> {
    const end = Date.now() + 1000 * START_SECONDS;
    while (!((await accepts({ path: this.socket })) && (await accepts({ host: '127.0.0.1', port: this.port })))) {
      if (Date.now() > end || this.#supervisor.exitCode !== null)
        throw new Error(`pgml runtime does not answer:\n${this.log}`);
      await sleep(20);
    }
    this.#answered = true;
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#restart);
    const supervisor = this.#supervisor;
    if (supervisor.exitCode === null && supervisor.signalCode === null) {
      const ended = new Promise<void>((resolve) => supervisor.once('exit', () => resolve()));
      supervisor.kill('SIGTERM');
      await ended;
    }
    fs.closeSync(this.#log);
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const { directory, port } = this;
    const places = ['--state-directory', path.join(directory, 'state'), '--socket-directory', directory];
    const address = ['--host', '127.0.0.1', '--port', String(port), '--shutdown-timeout', '5s'];
    const supervisor = spawn(process.execPath, [pgml, 'runtime', ...places, ...address, ...this.#flags], {
      stdio: ['ignore', this.#log, this.#log],
      env: { ...process.env, PGML_RUNTIME_PASSWORD: PASSWORD },
    });
    supervisor.once('exit', () => {
      // One that could not start the first time never will.
      if (this.#stopping || !this.#answered) return;
      this.restarts++;
      this.#restart = setTimeout(() => (this.#supervisor = this.#spawn()), RESTART_MILLISECONDS);
    });
    return supervisor;
  }
}

function accepts(address: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
