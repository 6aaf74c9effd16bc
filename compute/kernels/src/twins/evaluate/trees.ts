import { HEADER_BYTES } from '../../block/block.js';

/** The scores of each row by a block of the kind `trees`: sums in the order of the trees. */
export function treeScores(block: Uint8Array, rows: readonly Float32Array[]): Float64Array[] {
  const { buffer } = block.slice();
  const header = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  const [outputs, trees, base, levels, offset] = [2, 6, 7, 8, 9].map((word) => header[word]) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [roots, width, table, sets] = [10, 11, 12, 13].map((word) => header[word]) as [number, number, number, number];
  if (levels > 0) {
    const walk = completeWalk(buffer, offset, levels);
    return rows.map((row) => {
      const sums = new Float32Array(buffer, base, outputs).slice();
      for (let tree = 0; tree < trees; tree++) sums[tree % outputs] += walk(tree, row);
      return Float64Array.from(sums);
    });
  }
  const view = new DataView(buffer);
  const leafOf = chainedWalk(buffer, offset, roots, sets);
  if (width === 0)
    return rows.map((row) => {
      const sums = new Float32Array(buffer, base, outputs).slice();
      for (let tree = 0; tree < trees; tree++) sums[tree % outputs] += view.getFloat32(leafOf(tree, row) + 12, true);
      return Float64Array.from(sums);
    });
  return rows.map((row) => {
    const sums = new Float64Array(buffer, base, outputs).slice();
    for (let tree = 0; tree < trees; tree++) {
      const first = width * (tree % (outputs / width));
      const values = table + 8 * width * view.getUint32(leafOf(tree, row) + 12, true);
      for (let i = 0; i < width; i++) sums[first + i] += view.getFloat64(values + 8 * i, true);
    }
    return sums;
  });
}

function goesRight(what: number, threshold: number, row: Float32Array): boolean {
  const value = row[what >>> 2];
  return Number.isNaN(value) ? (what & 1) === 1 : value >= threshold;
}

/** What a tree adds for a row. */
function completeWalk(buffer: ArrayBuffer, offset: number, levels: number) {
  const width = 2 ** levels;
  const words = new Uint32Array(buffer, offset);
  const floats = new Float32Array(buffer, offset);
  return (tree: number, row: Float32Array): number => {
    const tests = 3 * width * tree;
    let test = 1;
    while (test < width)
      test = 2 * test + Number(goesRight(words[tests + 2 * test], floats[tests + 2 * test + 1], row));
    return floats[tests + width + test];
  };
}

/** Where in the block the leaf lies that a row comes to. */
function chainedWalk(buffer: ArrayBuffer, offset: number, rootsOffset: number, sets: number) {
  const view = new DataView(buffer);
  const isInSet = (set: number, value: number): boolean =>
    Number.isInteger(value) &&
    value >= 0 &&
    value < 32 * view.getUint32(set, true) &&
    (view.getUint32(set + 4 + 4 * Math.floor(value / 32), true) & (1 << (value % 32))) !== 0;
  return (tree: number, row: Float32Array): number => {
    for (let node = offset + view.getUint32(rootsOffset + 4 * tree, true); ;) {
      const left = offset + view.getUint32(node + 8, true);
      if (left === node) return node;
      const what = view.getUint32(node, true);
      const value = row[what >>> 2];
      const right =
        (what & 2) !== 0 && !Number.isNaN(value)
          ? !isInSet(sets + 4 * view.getUint32(node + 4, true), value)
          : goesRight(what, view.getFloat32(node + 4, true), row);
      node = right ? left + 16 : left;
    }
  };
}
