import readline from 'node:readline';
import { Writable } from 'node:stream';

/** Asks on the terminal without showing what is typed; undefined if there is no terminal or the user breaks off. */
export function askPassword({ user }: { readonly user: string }): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = readline.createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  process.stderr.write(`Password for user ${user}: `);
  return new Promise((resolve) => {
    const finish = (password: string | undefined) => {
      process.stderr.write('\n');
      terminal.off('close', abort).close();
      resolve(password);
    };
    const abort = () => finish(undefined);
    terminal.once('line', finish).once('SIGINT', abort).once('close', abort);
  });
}
