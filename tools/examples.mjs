// The examples in the documentation are executed. In README.md and docs/*.md, each ```sql block is run by `pgml sql` on one
// fresh server per page, in order, and a ```text block that follows must be exactly what it prints.
// `npm run docs` writes those outputs; a test compares them.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './build.mjs';
import { withServer } from './server.mjs';

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

/** What `pgml sql` prints for one block, and whether it failed. The server is in this process, so nothing may block it. */
function runExample(url, sql) {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'sql', url, '-c', sql], (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    );
  });
}

/** The page with every output as it is today. Throws when an example without a shown output prints an error. */
export async function executePage(text) {
  return withServer(async (url) => {
    const pieces = [];
    for (const piece of splitPage(text)) {
      if (piece.sql === undefined) {
        pieces.push(piece);
        continue;
      }
      const { failed, stdout, stderr } = await runExample(url, piece.sql);
      if (failed && piece.output === undefined) throw new Error(`this example fails:\n${piece.sql}\n${stderr}`);
      // What is shown is the answer; notices and progress (stderr) are shown only where the example is about an error.
      const output = (failed ? stderr : stdout).replace(/[ \t]+$/gm, '').replace(/\n+$/, '\n');
      pieces.push({ sql: piece.sql, output: piece.output === undefined ? undefined : output });
    }
    return joinPage(pieces);
  });
}
