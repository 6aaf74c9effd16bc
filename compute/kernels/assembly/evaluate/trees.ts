// Sums of decision trees, from a base score and in the order of the trees.
//
//   word  6  trees
//         7  offset of the base scores, f32[outputs], or f64[outputs] with a leaf table
//         8  levels: 1 … 8, every tree is a complete binary tree with so many levels of tests; 0, trees are chains of nodes
//         9  offset of the trees
//
// and for chained trees only:
//
//        10  offset of u32[trees], where each tree's root lies, in bytes from word 9
//        11  width of the leaf table, which divides `outputs`; 0: there is none, and leaves hold one f32
//        12  offset of the leaf table, f64[][width]
//        13  offset of the sets of categories, u32[]
//        14  their length; 0: no test is on categories
//
// Without a leaf table the sums are f32, and tree t adds the value of its leaf to output t % outputs. With a table of
// width w they are f64, and tree t adds a row of it to the w outputs from w * (t % (outputs / w)) on.
//
// A test is {u32 what, f32 threshold}: bits 2 … 31 of `what` are 4 times the number of the feature, which is its offset
// in a row; bit 0 says that missing values (NaN) go right. Other values go right if they are not below the threshold.
//
// Complete trees (12 << levels bytes each): test[1 << levels], of which test 0 is unused, test 1 the root, and the
// children of test i are 2i and 2i+1; then f32[1 << levels] leaf values. Where a tree ends early its place is taken by
// tests with the threshold NaN, by which everything goes left, and the value stands in the leftmost leaf below.
//
// Chained trees: nodes of 16 bytes, {test, u32 left, f32 value}. `left` is where the left child lies, in bytes from
// word 9; the right child follows it. A leaf is its own left child and has the threshold NaN, so that it is never left;
// with a leaf table, the last word of a leaf is a u32, its row. A test with bit 1 of `what` is on categories: in place of
// the threshold it has the place of a set among the words from word 13 on, {u32 n, u32 bits[n]}. Integers from 0 to
// 32 n - 1 go left if their bit is set (of bits[c / 32], bit c % 32), other values go right.
//
// Walking down one tree is a chain of dependent loads. So several walks are always under way at once: of four rows down
// one complete tree, of eight down a chained one, whose loads the near caches often do not have, or, for the rows that
// remain and for single rows, of one row down four trees. Minding missing values at every test doubles the time of
// complete trees, so rows are looked through for them first, and these kernels exist twice.
import { at, word } from './block';

/** Rows that all trees see before the next rows come: they and their scores stay in the first-level cache. */
const BLOCK: usize = 64;

/** The same for chained trees, of which one may fill a cache: then all these rows should use it while it is there. */
const CHAINED_BLOCK: usize = 1024;

export function treeScores(model: usize, rows: usize, count: usize, out: usize): void {
  const features: usize = word(model, 1);
  const outputs: usize = word(model, 2);
  const complete = word(model, 8) != 0;
  const inFours = count & ~3;
  const block = complete ? BLOCK : CHAINED_BLOCK;
  for (let start: usize = 0; start < inFours; start += block) {
    const here = min(block, inFours - start);
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
  const table = word(model, 8) == 0 && word(model, 11) != 0;
  for (let r: usize = 0; r < count; r++) {
    for (let o: usize = 0; o < outputs; o++) {
      store<f64>(out, table ? load<f64>(base + (o << 3)) : <f64>load<f32>(base + (o << 2)));
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

/** 1 if the value goes right at a test on categories, else 0. */
function goesRightOfSet(value: f32, set: usize, what: u32): usize {
  if (value != value) return what & 1;
  const codes = <u64>load<u32>(set) << 5;
  if (!(value >= 0 && <f64>value < <f64>codes)) return 1;
  const code = <u64>value;
  if (<f32>code != value) return 1;
  return ((load<u32>(set + ((<usize>code >> 5) << 2), 4) >>> (<u32>code & 31)) & 1) ^ 1;
}

/** The child of a chained node that the row goes to; a leaf leads to itself. `categories`: whether tests can be on them. */
// @ts-ignore: decorator
@inline
function next(nodes: usize, row: usize, node: usize, sets: usize, categories: bool): usize {
  const left = nodes + <usize>load<u32>(node, 8);
  if (categories) {
    const what = load<u32>(node);
    if (what & 2)
      return left + (goesRightOfSet(load<f32>(row + <usize>(what & ~3)), sets + (<usize>load<u32>(node, 4) << 2), what) << 4);
  }
  return left + (goesRight(row, node, true) << 4);
}

/** Adds what a leaf says to the score, or scores, of its tree. */
// @ts-ignore: decorator
@inline
function addLeaf(score: usize, leaf: usize, leaves: usize, width: usize, table: bool): void {
  if (!table) {
    add(score, load<f32>(leaf, 12));
    return;
  }
  const values = leaves + ((<usize>load<u32>(leaf, 12) * width) << 3);
  for (let at: usize = 0; at < width << 3; at += 8) store<f64>(score + at, load<f64>(score + at) + load<f64>(values + at));
}

/** `count` is a multiple of 4. */
function scoreBlockChained(model: usize, rows: usize, count: usize, out: usize): void {
  const table = word(model, 11) != 0;
  const categories = word(model, 14) != 0;
  if (table && categories) walkBlock(model, rows, count, out, true, true);
  else if (table) walkBlock(model, rows, count, out, true, false);
  else if (categories) walkBlock(model, rows, count, out, false, true);
  else walkBlock(model, rows, count, out, false, false);
}

// @ts-ignore: decorator
@inline
function walkBlock(model: usize, rows: usize, count: usize, out: usize, table: bool, categories: bool): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const scoreBytes: usize = <usize>word(model, 2) << 3;
  const trees: usize = word(model, 6);
  const nodes = at(model, 9);
  const roots = at(model, 10);
  const width: usize = table ? <usize>word(model, 11) : 1;
  const leaves = at(model, 12);
  const sets = at(model, 13);
  let place: usize = 0;
  for (let t: usize = 0; t < trees; t++) {
    const root = nodes + <usize>load<u32>(roots + (t << 2));
    let row = rows;
    let score = out + place;
    let r: usize = 0;
    for (; r + 8 <= count; r += 8) {
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      let e = root;
      let f = root;
      let g = root;
      let h = root;
      for (;;) {
        const nextA = next(nodes, row, a, sets, categories);
        const nextB = next(nodes, row + rowBytes, b, sets, categories);
        const nextC = next(nodes, row + 2 * rowBytes, c, sets, categories);
        const nextD = next(nodes, row + 3 * rowBytes, d, sets, categories);
        const nextE = next(nodes, row + 4 * rowBytes, e, sets, categories);
        const nextF = next(nodes, row + 5 * rowBytes, f, sets, categories);
        const nextG = next(nodes, row + 6 * rowBytes, g, sets, categories);
        const nextH = next(nodes, row + 7 * rowBytes, h, sets, categories);
        const moved = (nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d) |
          (nextE ^ e) | (nextF ^ f) | (nextG ^ g) | (nextH ^ h);
        if (moved == 0) break;
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
        e = nextE;
        f = nextF;
        g = nextG;
        h = nextH;
      }
      addLeaf(score, a, leaves, width, table);
      addLeaf(score + scoreBytes, b, leaves, width, table);
      addLeaf(score + 2 * scoreBytes, c, leaves, width, table);
      addLeaf(score + 3 * scoreBytes, d, leaves, width, table);
      addLeaf(score + 4 * scoreBytes, e, leaves, width, table);
      addLeaf(score + 5 * scoreBytes, f, leaves, width, table);
      addLeaf(score + 6 * scoreBytes, g, leaves, width, table);
      addLeaf(score + 7 * scoreBytes, h, leaves, width, table);
      row += rowBytes << 3;
      score += scoreBytes << 3;
    }
    for (; r < count; r += 4) {
      const second = row + rowBytes;
      const third = second + rowBytes;
      const fourth = third + rowBytes;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      for (;;) {
        const nextA = next(nodes, row, a, sets, categories);
        const nextB = next(nodes, second, b, sets, categories);
        const nextC = next(nodes, third, c, sets, categories);
        const nextD = next(nodes, fourth, d, sets, categories);
        if (((nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d)) == 0) break;
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
      }
      addLeaf(score, a, leaves, width, table);
      addLeaf(score + scoreBytes, b, leaves, width, table);
      addLeaf(score + 2 * scoreBytes, c, leaves, width, table);
      addLeaf(score + 3 * scoreBytes, d, leaves, width, table);
      row = fourth + rowBytes;
      score += 4 * scoreBytes;
    }
    place += width << 3;
    if (place == scoreBytes) place = 0;
  }
}

function scoreRowChained(model: usize, row: usize, out: usize): void {
  const table = word(model, 11) != 0;
  const categories = word(model, 14) != 0;
  if (table && categories) walkRow(model, row, out, true, true);
  else if (table) walkRow(model, row, out, true, false);
  else if (categories) walkRow(model, row, out, false, true);
  else walkRow(model, row, out, false, false);
}

// @ts-ignore: decorator
@inline
function walkRow(model: usize, row: usize, out: usize, table: bool, categories: bool): void {
  const end = out + (<usize>word(model, 2) << 3);
  const trees: usize = word(model, 6);
  const nodes = at(model, 9);
  const roots = at(model, 10);
  const width: usize = table ? <usize>word(model, 11) : 1;
  const leaves = at(model, 12);
  const sets = at(model, 13);
  let score = out;
  let t: usize = 0;
  for (; t + 4 <= trees; t += 4) {
    let a = nodes + <usize>load<u32>(roots + (t << 2));
    let b = nodes + <usize>load<u32>(roots + (t << 2), 4);
    let c = nodes + <usize>load<u32>(roots + (t << 2), 8);
    let d = nodes + <usize>load<u32>(roots + (t << 2), 12);
    for (;;) {
      const nextA = next(nodes, row, a, sets, categories);
      const nextB = next(nodes, row, b, sets, categories);
      const nextC = next(nodes, row, c, sets, categories);
      const nextD = next(nodes, row, d, sets, categories);
      if (((nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d)) == 0) break;
      a = nextA;
      b = nextB;
      c = nextC;
      d = nextD;
    }
    addLeaf(score, a, leaves, width, table);
    score = following(score, width, out, end);
    addLeaf(score, b, leaves, width, table);
    score = following(score, width, out, end);
    addLeaf(score, c, leaves, width, table);
    score = following(score, width, out, end);
    addLeaf(score, d, leaves, width, table);
    score = following(score, width, out, end);
  }
  for (; t < trees; t++) {
    let a = nodes + <usize>load<u32>(roots + (t << 2));
    for (;;) {
      const child = next(nodes, row, a, sets, categories);
      if (child == a) break;
      a = child;
    }
    addLeaf(score, a, leaves, width, table);
    score = following(score, width, out, end);
  }
}

/** The scores of the next tree. */
// @ts-ignore: decorator
@inline
function following(score: usize, width: usize, first: usize, end: usize): usize {
  const after = score + (width << 3);
  return after == end ? first : after;
}
