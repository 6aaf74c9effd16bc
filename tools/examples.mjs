// The examples in the documentation are executed. In README.md and docs/*.md, each ```sql block is run by `pgml sql` on one
// fresh server per page, in order, and a ```text block that follows must be exactly what it prints.
// `npm run docs` writes those outputs; a test compares them.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './build.mjs';

const main = path.join(root, 'clients/cli/dist/main.js');

/** The pages that have examples, relative to the repository. */
export function examplePages() {
  const guides = fs.readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...guides.map((name) => `docs/${name}`)].filter((page) =>
    fs.readFileSync(path.join(root, page), 'utf8').includes('```sql'),
  );
}

/** Splits a page into pieces: prose, and SQL blocks with the output block that follows, if any. */
export function splitPage(text) {
  const pattern = /```sql\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g;
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    pieces.push({ prose: text.slice(end, match.index) }, { sql: match[1], output: match[2] });
    end = match.index + match[0].length;
  }
  return [...pieces, { prose: text.slice(end) }];
}

const joinPage = (pieces) =>
  pieces
    .map(({ prose, sql, output }) =>
      sql === undefined
        ? prose
        : `\`\`\`sql\n${sql}\`\`\`\n${output === undefined ? '' : `\n\`\`\`text\n${output}\`\`\`\n`}`,
    )
    .join('');

/** Starts `pgml up` on a throw-away directory; resolves to its URL and a way to stop it and clean up. */
function startServer() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-examples-'));
  const child = spawn(process.execPath, [main, 'up', '--port', '0', '--data-dir', path.join(directory, 'data')]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      const ready = /^pgml ready.*?(postgres(?:ql)?:\/\/\S+)/m.exec(output);
      if (!ready) return;
      const stop = async () => {
        child.kill('SIGINT');
        await ended;
        fs.rmSync(directory, { recursive: true, force: true });
      };
      resolve({ url: ready[1], stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`pgml up ended with ${code}:\n${output}`)));
  });
}

/** The page with every output as it is today. Throws when an example without a shown output prints an error. */
export async function executePage(text) {
  const server = await startServer();
  try {
    const pieces = splitPage(text).map((piece) => {
      if (piece.sql === undefined) return piece;
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'sql', server.url, '-c', piece.sql], {
        encoding: 'utf8',
      });
      if (status !== 0 && piece.output === undefined) throw new Error(`this example fails:\n${piece.sql}\n${stderr}`);
      // What is shown is the answer; notices and progress (stderr) are shown only where the example is about an error.
      const output = (status === 0 ? stdout : stderr).replace(/[ \t]+$/gm, '').replace(/\n+$/, '\n');
      return { sql: piece.sql, output: piece.output === undefined ? undefined : output };
    });
    return joinPage(pieces);
  } finally {
    await server.stop();
  }
}
