// What trees of processes use, as Linux tells it in /proc.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The fields of /proc/<pid>/stat from the third on (the second, a name in brackets, may hold anything); null: no such process. */
function stat(pid) {
  try {
    const line = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** The processes with these ids, and all that descend from them. */
export function treeOf(roots) {
  const childrenOf = new Map();
  for (const name of fs.readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) && stat(name)?.[1];
    if (parent) childrenOf.set(Number(parent), [...(childrenOf.get(Number(parent)) ?? []), Number(name)]);
  }
  const found = new Set();
  const visit = (pid) => {
    found.add(pid);
    for (const child of childrenOf.get(pid) ?? []) visit(child);
  };
  roots.forEach(visit);
  return [...found];
}

/** CPU milliseconds that the trees have used so far, those of ended and waited-for children included. */
export function cpuOf(roots) {
  let ticks = 0;
  for (const pid of treeOf(roots)) {
    const fields = stat(pid);
    // utime, stime, cutime, cstime
    if (fields) for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return (1000 * ticks) / ticksPerSecond;
}

/** Megabytes of memory of the trees: proportional set size, in which a page shared by n processes counts 1/n for each. */
export function memoryOf(roots) {
  let kilobytes = 0;
  for (const pid of treeOf(roots)) {
    try {
      const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kilobytes += Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1024;
}
