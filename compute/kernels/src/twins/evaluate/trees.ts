import { HEADER_BYTES } from '../../block.js';

/** The scores of each row by a block of the kind `trees`: f32 sums in the order of the trees. */
export function treeScores(block: Uint8Array, rows: readonly Float32Array[]): Float64Array[] {
  const { buffer } = block.slice();
  const header = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  const [outputs, trees, base, levels, offset, roots] = [2, 6, 7, 8, 9, 10].map((word) => header[word]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const walk = levels > 0 ? completeWalk(buffer, offset, levels) : chainedWalk(buffer, offset, roots, trees);
  return rows.map((row) => {
    const sums = new Float32Array(buffer, base, outputs).slice();
    for (let tree = 0; tree < trees; tree++) sums[tree % outputs] += walk(tree, row);
    return Float64Array.from(sums);
  });
}

/** What a tree adds for a row. */
type Walk = (tree: number, row: Float32Array) => number;

function goesRight(what: number, threshold: number, row: Float32Array): boolean {
  const value = row[what >>> 2];
  return Number.isNaN(value) ? (what & 1) === 1 : value >= threshold;
}

function completeWalk(buffer: ArrayBuffer, offset: number, levels: number): Walk {
  const width = 2 ** levels;
  const words = new Uint32Array(buffer, offset);
  const floats = new Float32Array(buffer, offset);
  return (tree, row) => {
    const tests = 3 * width * tree;
    let test = 1;
    while (test < width)
      test = 2 * test + Number(goesRight(words[tests + 2 * test], floats[tests + 2 * test + 1], row));
    return floats[tests + width + test];
  };
}

function chainedWalk(buffer: ArrayBuffer, offset: number, rootsOffset: number, trees: number): Walk {
  const view = new DataView(buffer, offset);
  const roots = new Uint32Array(buffer, rootsOffset, trees);
  return (tree, row) => {
    for (let node = roots[tree]; ;) {
      const left = view.getUint32(node + 8, true);
      if (left === node) return view.getFloat32(node + 12, true);
      const right = goesRight(view.getUint32(node, true), view.getFloat32(node + 4, true), row);
      node = right ? left + 16 : left;
    }
  };
}
