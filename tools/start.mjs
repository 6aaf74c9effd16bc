// `npm start`: install what is missing, build what is stale, then run the server in the foreground.
import path from 'node:path';
import { build, root } from './build.mjs';

await build();
process.argv.splice(2, 0, 'up');
await import(path.join(root, 'clients/cli/dist/main.js'));
