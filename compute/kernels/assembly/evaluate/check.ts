// Checking a block that came from elsewhere, for hosts without TypeScript. src/block/check.ts is the twin that names what is
// wrong in full; both accept the same blocks, and on those no evaluator reads outside of the block or runs for ever.
import { HEADER_BYTES, KIND_JOINT, KIND_KERNEL, KIND_LINEAR, KIND_NEIGHBOURS, KIND_TREES, word } from './block';
import { isSearchable } from './check-neighbours';
import { programLength } from './check-program';
import {
  CLIPPED,
  EXPONENTIAL,
  SIGMOID,
  LAPLACE,
  LOGISTIC,
  NEIGHBOUR_MEAN,
  NEIGHBOUR_VOTE,
  ONE_VERSUS_ONE,
  PAIRWISE_COUPLING,
  SIGN,
  VALUE,
  VECTOR,
  WEIGHTED_MEDIAN,
} from './decision';
import { COMPOSITE } from './kernel-functions';

const FINE: u32 = 0;
const NO_HEADER: u32 = 1;
const UNKNOWN_KIND: u32 = 2;
const UNKNOWN_DECISION: u32 = 3;
const EMPTY: u32 = 4;
const WRONG_CLASSES: u32 = 5;
const ARRAY_OUTSIDE: u32 = 6;
const TOO_MANY_LEVELS: u32 = 7;
const UNKNOWN_FEATURE: u32 = 8;
const NODE_OUTSIDE: u32 = 9;
const LEAF_IS_LEFT: u32 = 10;
const NODE_LEADS_BACK: u32 = 11;
const WRONG_LEAF_TABLE: u32 = 12;
const LEAF_OUTSIDE: u32 = 13;
const CATEGORIES_OUTSIDE: u32 = 14;
const NOT_SEARCHABLE: u32 = 15;
const WRONG_DECISION: u32 = 16;
const UNKNOWN_FUNCTION: u32 = 17;
const WRONG_PROGRAM: u32 = 18;
const WRONG_SCORES: u32 = 19;
const JOINT_OUTSIDE: u32 = 20;

const MOST_PAIRED_CLASSES: u32 = 65535;

const MOST_LEVELS: u32 = 8;
const NODE_BYTES: u64 = 16;

/** FINE, or what is wrong with the block of `bytes` bytes at `model`. `marks` is u8[bytes / 16], overwritten. */
export function check(model: usize, bytes: u32, marks: usize): u32 {
  if (<usize>bytes < HEADER_BYTES) return NO_HEADER;
  const kind = word(model, 0);
  const features = word(model, 1);
  const outputs = word(model, 2);
  const decision = word(model, 3);
  const classes = word(model, 4);
  if (kind < KIND_LINEAR || kind > KIND_JOINT) return UNKNOWN_KIND;
  if (decision > SIGMOID) return UNKNOWN_DECISION;
  if (features == 0 || outputs == 0) return EMPTY;
  if (!goTogether(decision, outputs, classes)) return WRONG_CLASSES;
  if (!isInside(model, bytes, 5, decision == VECTOR ? 0 : classes, 4)) return ARRAY_OUTSIDE;
  if (decision == WEIGHTED_MEDIAN && !isInside(model, bytes, 15, outputs, 8)) return ARRAY_OUTSIDE;
  if (decision == PAIRWISE_COUPLING && !isInside(model, bytes, 15, 2 * pairCount(classes), 8)) return ARRAY_OUTSIDE;
  if ((decision == NEIGHBOUR_MEAN || decision == NEIGHBOUR_VOTE) && kind != KIND_NEIGHBOURS) return WRONG_DECISION;
  if (kind == KIND_TREES) return checkTrees(model, bytes, features, outputs, marks);
  if (kind == KIND_NEIGHBOURS) return checkNeighbours(model, bytes, features, outputs);
  if (kind == KIND_KERNEL) return checkKernel(model, bytes, features, outputs);
  if (kind == KIND_JOINT) return checkJoint(model, bytes, features, outputs, marks);
  if (!isInside(model, bytes, 6, <u64>outputs * <u64>features, 8)) return ARRAY_OUTSIDE;
  if (kind == KIND_LINEAR && !isInside(model, bytes, 7, outputs, 8)) return ARRAY_OUTSIDE;
  return FINE;
}

function pairCount(classes: u64): u64 {
  return (classes * (classes - 1)) >> 1;
}

/** Whether a model with this decision and so many outputs can have so many classes. */
function goTogether(decision: u32, outputs: u32, classes: u32): bool {
  if (decision == VALUE || decision == WEIGHTED_MEDIAN || decision == EXPONENTIAL || decision == SIGMOID)
    return classes == 0;
  if (decision == NEIGHBOUR_MEAN) return classes == 0 && (outputs & 1) == 0;
  if (decision == NEIGHBOUR_VOTE) return classes > 0 && (outputs & 1) == 0;
  if (decision == LOGISTIC || decision == SIGN) return classes == 2 && outputs == 1;
  if (decision == CLIPPED) return classes == (outputs == 1 ? 2 : outputs);
  if (decision == VECTOR) return classes > 0 && classes <= outputs;
  if (decision == ONE_VERSUS_ONE) return classes >= 2 && pairCount(classes) == outputs;
  if (decision == PAIRWISE_COUPLING || decision == LAPLACE) {
    if (classes < 2 || classes > MOST_PAIRED_CLASSES) return false;
    const room: u64 = classes > 2 ? 2 * <u64>classes : 0;
    return <u64>outputs >= (decision == LAPLACE ? max<u64>(room, 2) : pairCount(classes) + room);
  }
  return classes == outputs;
}

/** Whether the array of `length` elements of `size` bytes that word `index` points to is aligned and in the block. */
function isInside(model: usize, bytes: u32, index: usize, length: u64, size: u64): bool {
  const offset = word(model, index);
  if ((offset & 15) != 0 || <usize>offset < HEADER_BYTES || offset > bytes) return false;
  return length <= <u64>(bytes - offset) / size;
}

function checkNeighbours(model: usize, bytes: u32, features: u32, outputs: u32): u32 {
  const rows: u64 = word(model, 8);
  const nodes: u64 = word(model, 11);
  if (!isInside(model, bytes, 10, rows * <u64>features, 4) || !isInside(model, bytes, 14, 2, 8)) return ARRAY_OUTSIDE;
  if (nodes > 0 && !isInside(model, bytes, 12, rows, 4)) return ARRAY_OUTSIDE;
  if (nodes > 0 && !isInside(model, bytes, 13, nodes * <u64>features, 8)) return ARRAY_OUTSIDE;
  if (!isSearchable(model, features, outputs)) return NOT_SEARCHABLE;
  const decision = word(model, 3);
  if (decision == NEIGHBOUR_MEAN && !isInside(model, bytes, 15, rows + 1, 8)) return ARRAY_OUTSIDE;
  if (decision != NEIGHBOUR_VOTE) return FINE;
  if (!isInside(model, bytes, 15, rows + 2, 8)) return ARRAY_OUTSIDE;
  const outlier = load<f64>(model + <usize>word(model, 15), 8);
  return outlier >= -1 && outlier < <f64>word(model, 4) ? FINE : WRONG_DECISION;
}

function checkTrees(model: usize, bytes: u32, features: u32, outputs: u32, marks: usize): u32 {
  const trees = word(model, 6);
  const levels = word(model, 8);
  if (levels > MOST_LEVELS) return TOO_MANY_LEVELS;
  const width: u32 = levels > 0 ? 0 : word(model, 11);
  if (!isInside(model, bytes, 7, outputs, width > 0 ? 8 : 4)) return ARRAY_OUTSIDE;
  if (levels > 0) return checkComplete(model, bytes, trees, levels, features);
  if (width > 0 && outputs % width != 0) return WRONG_LEAF_TABLE;
  if (width > 0 && !isInside(model, bytes, 12, 0, 8)) return ARRAY_OUTSIDE;
  if (word(model, 14) > 0 && !isInside(model, bytes, 13, word(model, 14), 4)) return ARRAY_OUTSIDE;
  return checkChained(model, bytes, trees, features, marks);
}

function isKnownFeature(test: usize, features: u32): bool {
  return load<u32>(test) >>> 2 < features;
}

/** Walks of complete trees stay inside by themselves: only the features are to be checked. */
function checkComplete(model: usize, bytes: u32, trees: u32, levels: u32, features: u32): u32 {
  const width: u32 = 1 << levels;
  if (!isInside(model, bytes, 9, trees, 12 * width)) return ARRAY_OUTSIDE;
  let tree = model + <usize>word(model, 9);
  for (let t: u32 = 0; t < trees; t++) {
    for (let i: u32 = 1; i < width; i++) if (!isKnownFeature(tree + <usize>(8 * i), features)) return UNKNOWN_FEATURE;
    tree += <usize>(12 * width);
  }
  return FINE;
}

/**
 * Every node that can be reached is inside, and either a leaf that nothing leaves or has its children behind it, so that
 * every walk ends; and so one pass from the first node to the last meets all that can be reached.
 */
function checkChained(model: usize, bytes: u32, trees: u32, features: u32, marks: usize): u32 {
  if (!isInside(model, bytes, 9, 0, 16) || !isInside(model, bytes, 10, trees, 4)) return ARRAY_OUTSIDE;
  const nodes = model + <usize>word(model, 9);
  const roots = model + <usize>word(model, 10);
  const limit = bytes - word(model, 9);
  const places = limit >> 4;
  const width = word(model, 11);
  // Without a leaf table, a leaf's word is its value and may be anything.
  const leaves: u64 = width > 0 ? <u64>(bytes - word(model, 12)) / (8 * <u64>width) : 1 << 32;
  for (let place: u32 = 0; place < places; place++) store<u8>(marks + <usize>place, 0);
  for (let t: u32 = 0; t < trees; t++) if (!reach(marks, load<u32>(roots + (<usize>t << 2)), limit)) return NODE_OUTSIDE;
  for (let place: u32 = 0; place < places; place++) {
    if (load<u8>(marks + <usize>place) == 0) continue;
    const at = place << 4;
    const node = nodes + <usize>at;
    if (!isKnownFeature(node, features)) return UNKNOWN_FEATURE;
    const left = load<u32>(node, 8);
    if (left == at) {
      const threshold = load<f32>(node, 4);
      if ((load<u32>(node) & 3) != 0 || threshold == threshold) return LEAF_IS_LEFT;
      if (load<u32>(node, 12) >= leaves) return LEAF_OUTSIDE;
      continue;
    }
    if ((load<u32>(node) & 2) != 0 && !isSetInside(model, load<u32>(node, 4))) return CATEGORIES_OUTSIDE;
    if (left < at) return NODE_LEADS_BACK;
    if (!reach(marks, left, limit) || !reach(marks, <u64>left + NODE_BYTES, limit)) return NODE_OUTSIDE;
  }
  return FINE;
}

/** Whether the set of categories at word `place` of them is among their words. */
function isSetInside(model: usize, place: u32): bool {
  const length = word(model, 14);
  if (place >= length) return false;
  return load<u32>(model + <usize>word(model, 13) + (<usize>place << 2)) <= length - place - 1;
}

/** Marks the node `offset` bytes after the first; false if there can be none. */
function reach(marks: usize, offset: u64, limit: u32): bool {
  if ((offset & 15) != 0 || offset + NODE_BYTES > <u64>limit) return false;
  store<u8>(marks + <usize>(offset >> 4), 1);
  return true;
}

function checkKernel(model: usize, bytes: u32, features: u32, outputs: u32): u32 {
  const kind = word(model, 6);
  const count: u64 = word(model, 7);
  const scores: u64 = word(model, 12);
  if (kind > COMPOSITE) return UNKNOWN_FUNCTION;
  if (!isInside(model, bytes, 8, kind == COMPOSITE ? 0 : 3, 8)) return ARRAY_OUTSIDE;
  if (!isInside(model, bytes, 9, count * <u64>features, 4)) return ARRAY_OUTSIDE;
  if (!isInside(model, bytes, 10, count * scores, 8) || !isInside(model, bytes, 11, scores, 8)) return ARRAY_OUTSIDE;
  const decision = word(model, 3);
  const classes: u64 = word(model, 4);
  const own: u64 =
    decision == PAIRWISE_COUPLING ? pairCount(classes) :
    decision == LAPLACE ? (classes == 2 ? 1 : classes) :
    <u64>outputs;
  if (scores != own) return WRONG_SCORES;
  if ((decision == LAPLACE) != (word(model, 13) != 0)) return WRONG_SCORES;
  if (kind == COMPOSITE && !arePrograms(model, bytes, features, <u32>scores)) return WRONG_PROGRAM;
  if (decision != LAPLACE) return FINE;
  if (kind != COMPOSITE) return WRONG_PROGRAM;
  if (<u64>outputs < 2 * scores + count) return WRONG_SCORES;
  return isInside(model, bytes, 13, scores * ((count * (count + 1)) >> 1), 8) ? FINE : ARRAY_OUTSIDE;
}

function arePrograms(model: usize, bytes: u32, features: u32, scores: u32): bool {
  const programs = word(model, 14);
  if (programs != 1 && programs != scores) return false;
  let left = (bytes - word(model, 8)) >>> 3;
  let program = model + <usize>word(model, 8);
  for (let p: u32 = 0; p < programs; p++) {
    const length = programLength(program, left, features, 0);
    if (length == 0) return false;
    left -= length;
    program += <usize>length << 3;
  }
  return true;
}

/** Models of a joint model are none themselves; each ends where the next begins, so that no byte is looked at twice. */
function checkJoint(model: usize, bytes: u32, features: u32, outputs: u32, marks: usize): u32 {
  const models = word(model, 6);
  const all = word(model, 9);
  if (!isInside(model, bytes, 7, models, 4) || !isInside(model, bytes, 8, all, 1)) return ARRAY_OUTSIDE;
  if (word(model, 3) != VECTOR || word(model, 4) != models) return WRONG_DECISION;
  const offsets = model + <usize>word(model, 7);
  const blocks = model + <usize>word(model, 8);
  for (let i: u32 = 0; i < models; i++) {
    const offset = load<u32>(offsets + (<usize>i << 2));
    const end = i + 1 < models ? load<u32>(offsets + (<usize>(i + 1) << 2)) : all;
    if ((offset & 15) != 0 || end > all || <u64>offset + HEADER_BYTES > <u64>end) return JOINT_OUTSIDE;
    const block = blocks + <usize>offset;
    if (word(block, 0) == KIND_JOINT) return JOINT_OUTSIDE;
    const fault = check(block, end - offset, marks);
    if (fault != FINE) return fault;
    if (word(block, 1) != features || <u64>i + <u64>word(block, 2) > <u64>outputs) return JOINT_OUTSIDE;
  }
  return FINE;
}
