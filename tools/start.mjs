// `npm start`: install what is missing, build what is stale, then run the server in the foreground.
import path from 'node:path';
import { build, root } from './build.mjs';

/**
 * npm runs this script through a shell, and a signal that is sent to npm alone ends npm and the shell but does not come
 * here. So when they are gone the server stops too, in the way that a terminate signal stops it.
 */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

await build();
if (process.env.npm_lifecycle_event === 'start') endWithParent();
process.argv.splice(2, 0, 'up');
await import(path.join(root, 'clients/cli/dist/main.js'));
