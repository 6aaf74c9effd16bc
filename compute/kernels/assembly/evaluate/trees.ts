// Sums of decision trees: f32 sums in the order of the trees, from a base score; tree t adds to output t % outputs.
//
//   word  6  trees
//         7  offset of f32[outputs], the base scores
//         8  levels: 1 … 8, every tree is a complete binary tree with so many levels of tests; 0, trees are chains of nodes
//         9  offset of the trees
//        10  offset of u32[trees], where each tree's root lies, in bytes from word 9 (levels 0 only)
//
// A test is {u32 what, f32 threshold}: bits 2 … 31 of `what` are 4 times the number of the feature, which is its offset
// in a row; bit 0 says that missing values (NaN) go right. Other values go right if they are not below the threshold.
//
// Complete trees (12 << levels bytes each): test[1 << levels], of which test 0 is unused, test 1 the root, and the
// children of test i are 2i and 2i+1; then f32[1 << levels] leaf values. Where a tree ends early its place is taken by
// tests with the threshold NaN, by which everything goes left, and the value stands in the leftmost leaf below.
//
// Chained trees: nodes of 16 bytes, {test, u32 left, f32 value}. `left` is where the left child lies, in bytes from
// word 9; the right child follows it. A leaf is its own left child and has the threshold NaN, so that it is never left.
//
// Walking down one tree is a chain of dependent loads. So four walks are always under way at once: of four rows down
// one tree or, for the rows that remain and for single rows, of one row down four trees. Minding missing values at
// every test doubles the time of complete trees, so rows are looked through for them first, and these kernels exist twice.
import { at, word } from './block';

/** Rows that all trees see before the next rows come: they and their scores stay in the first-level cache. */
const BLOCK: usize = 64;

export function treeScores(model: usize, rows: usize, count: usize, out: usize): void {
  const features: usize = word(model, 1);
  const outputs: usize = word(model, 2);
  const complete = word(model, 8) != 0;
  const inFours = count & ~3;
  for (let start: usize = 0; start < inFours; start += BLOCK) {
    const here = min(BLOCK, inFours - start);
    const blockRows = rows + ((start * features) << 2);
    const blockOut = out + ((start * outputs) << 3);
    setBase(model, here, blockOut);
    const missing = complete && anyMissing(blockRows, here * features);
    if (complete && !missing) scoreBlockComplete(model, blockRows, here, blockOut, false);
    else if (complete) scoreBlockComplete(model, blockRows, here, blockOut, true);
    else scoreBlockChained(model, blockRows, here, blockOut);
  }
  for (let r = inFours; r < count; r++) {
    const row = rows + ((r * features) << 2);
    const rowOut = out + ((r * outputs) << 3);
    setBase(model, 1, rowOut);
    const missing = complete && anyMissing(row, features);
    if (complete && !missing) scoreRowComplete(model, row, rowOut, false);
    else if (complete) scoreRowComplete(model, row, rowOut, true);
    else scoreRowChained(model, row, rowOut);
  }
}

function anyMissing(values: usize, count: usize): bool {
  let missing: u32 = 0;
  const end = values + (count << 2);
  for (; values < end; values += 4) {
    const value = load<f32>(values);
    missing |= <u32>(value != value);
  }
  return missing != 0;
}

function setBase(model: usize, count: usize, out: usize): void {
  const outputs: usize = word(model, 2);
  const base = at(model, 7);
  for (let r: usize = 0; r < count; r++) {
    for (let o: usize = 0; o < outputs; o++) {
      store<f64>(out, <f64>load<f32>(base + (o << 2)));
      out += 8;
    }
  }
}

// @ts-ignore: decorator
@inline
function add(score: usize, value: f32): void {
  store<f64>(score, <f64>(<f32>load<f64>(score) + value));
}

/** 1 if the row goes right at this test, else 0. `missing`, here and below: whether the value can be missing. */
// @ts-ignore: decorator
@inline
function goesRight(row: usize, test: usize, missing: bool): usize {
  const what = load<u32>(test);
  const value = load<f32>(row + <usize>(what & ~3));
  const right = <u32>(value >= load<f32>(test, 4));
  return <usize>(missing ? right | (<u32>(value != value) & what) : right);
}

/** `count` is a multiple of 4. */
// @ts-ignore: decorator
@inline
function scoreBlockComplete(model: usize, rows: usize, count: usize, out: usize, missing: bool): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputs: usize = word(model, 2);
  const trees: usize = word(model, 6);
  const levels: usize = word(model, 8);
  const treeBytes: usize = <usize>12 << levels;
  const scoreBytes = outputs << 3;
  let tree = at(model, 9);
  let output: usize = 0;
  for (let t: usize = 0; t < trees; t++) {
    // Leaf i of the lowest level has number (1 << levels) + i, and lies behind all tests.
    const leaves = tree + (<usize>8 << levels) - (<usize>4 << levels);
    let row = rows;
    let score = out + (output << 3);
    for (let r: usize = 0; r < count; r += 4) {
      const second = row + rowBytes;
      const third = second + rowBytes;
      const fourth = third + rowBytes;
      let a: usize = 1;
      let b: usize = 1;
      let c: usize = 1;
      let d: usize = 1;
      for (let level: usize = 0; level < levels; level++) {
        a = (a << 1) + goesRight(row, tree + (a << 3), missing);
        b = (b << 1) + goesRight(second, tree + (b << 3), missing);
        c = (c << 1) + goesRight(third, tree + (c << 3), missing);
        d = (d << 1) + goesRight(fourth, tree + (d << 3), missing);
      }
      add(score, load<f32>(leaves + (a << 2)));
      add(score + scoreBytes, load<f32>(leaves + (b << 2)));
      add(score + 2 * scoreBytes, load<f32>(leaves + (c << 2)));
      add(score + 3 * scoreBytes, load<f32>(leaves + (d << 2)));
      row = fourth + rowBytes;
      score += 4 * scoreBytes;
    }
    tree += treeBytes;
    if (++output == outputs) output = 0;
  }
}

// @ts-ignore: decorator
@inline
function scoreRowComplete(model: usize, row: usize, out: usize, missing: bool): void {
  const outputs: usize = word(model, 2);
  const trees: usize = word(model, 6);
  const levels: usize = word(model, 8);
  const treeBytes: usize = <usize>12 << levels;
  const leaves: usize = (<usize>8 << levels) - (<usize>4 << levels);
  let tree = at(model, 9);
  let output: usize = 0;
  let t: usize = 0;
  for (; t + 4 <= trees; t += 4) {
    const second = tree + treeBytes;
    const third = second + treeBytes;
    const fourth = third + treeBytes;
    let a: usize = 1;
    let b: usize = 1;
    let c: usize = 1;
    let d: usize = 1;
    for (let level: usize = 0; level < levels; level++) {
      a = (a << 1) + goesRight(row, tree + (a << 3), missing);
      b = (b << 1) + goesRight(row, second + (b << 3), missing);
      c = (c << 1) + goesRight(row, third + (c << 3), missing);
      d = (d << 1) + goesRight(row, fourth + (d << 3), missing);
    }
    output = addTo(out, output, outputs, load<f32>(tree + leaves + (a << 2)));
    output = addTo(out, output, outputs, load<f32>(second + leaves + (b << 2)));
    output = addTo(out, output, outputs, load<f32>(third + leaves + (c << 2)));
    output = addTo(out, output, outputs, load<f32>(fourth + leaves + (d << 2)));
    tree = fourth + treeBytes;
  }
  for (; t < trees; t++) {
    let a: usize = 1;
    for (let level: usize = 0; level < levels; level++) a = (a << 1) + goesRight(row, tree + (a << 3), missing);
    output = addTo(out, output, outputs, load<f32>(tree + leaves + (a << 2)));
    tree += treeBytes;
  }
}

/** Adds to one output of a row; returns the next tree's output. */
// @ts-ignore: decorator
@inline
function addTo(out: usize, output: usize, outputs: usize, value: f32): usize {
  add(out + (output << 3), value);
  return output + 1 == outputs ? 0 : output + 1;
}

/** The child of a chained node that the row goes to; a leaf leads to itself. */
// @ts-ignore: decorator
@inline
function next(nodes: usize, row: usize, node: usize): usize {
  return nodes + <usize>load<u32>(node, 8) + (goesRight(row, node, true) << 4);
}

/** `count` is a multiple of 4. */
function scoreBlockChained(model: usize, rows: usize, count: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputs: usize = word(model, 2);
  const trees: usize = word(model, 6);
  const nodes = at(model, 9);
  const roots = at(model, 10);
  const scoreBytes = outputs << 3;
  let output: usize = 0;
  for (let t: usize = 0; t < trees; t++) {
    const root = nodes + <usize>load<u32>(roots + (t << 2));
    let row = rows;
    let score = out + (output << 3);
    for (let r: usize = 0; r < count; r += 4) {
      const second = row + rowBytes;
      const third = second + rowBytes;
      const fourth = third + rowBytes;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      for (;;) {
        const nextA = next(nodes, row, a);
        const nextB = next(nodes, second, b);
        const nextC = next(nodes, third, c);
        const nextD = next(nodes, fourth, d);
        if (((nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d)) == 0) break;
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
      }
      add(score, load<f32>(a, 12));
      add(score + scoreBytes, load<f32>(b, 12));
      add(score + 2 * scoreBytes, load<f32>(c, 12));
      add(score + 3 * scoreBytes, load<f32>(d, 12));
      row = fourth + rowBytes;
      score += 4 * scoreBytes;
    }
    if (++output == outputs) output = 0;
  }
}

function scoreRowChained(model: usize, row: usize, out: usize): void {
  const outputs: usize = word(model, 2);
  const trees: usize = word(model, 6);
  const nodes = at(model, 9);
  const roots = at(model, 10);
  let output: usize = 0;
  let t: usize = 0;
  for (; t + 4 <= trees; t += 4) {
    let a = nodes + <usize>load<u32>(roots + (t << 2));
    let b = nodes + <usize>load<u32>(roots + (t << 2), 4);
    let c = nodes + <usize>load<u32>(roots + (t << 2), 8);
    let d = nodes + <usize>load<u32>(roots + (t << 2), 12);
    for (;;) {
      const nextA = next(nodes, row, a);
      const nextB = next(nodes, row, b);
      const nextC = next(nodes, row, c);
      const nextD = next(nodes, row, d);
      if (((nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d)) == 0) break;
      a = nextA;
      b = nextB;
      c = nextC;
      d = nextD;
    }
    output = addTo(out, output, outputs, load<f32>(a, 12));
    output = addTo(out, output, outputs, load<f32>(b, 12));
    output = addTo(out, output, outputs, load<f32>(c, 12));
    output = addTo(out, output, outputs, load<f32>(d, 12));
  }
  for (; t < trees; t++) {
    let a = nodes + <usize>load<u32>(roots + (t << 2));
    for (let child = next(nodes, row, a); child != a; child = next(nodes, row, a)) a = child;
    output = addTo(out, output, outputs, load<f32>(a, 12));
  }
}
