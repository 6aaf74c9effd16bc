/**
 * Checking an evaluator block from outside. The evaluators read wherever a block's words point, so a block that did
 * not come from writeBlock in this process must pass here before a kernel sees it.
 */
import { classCount, decisions, type Kind, kinds } from './block.js';
import { BlockError, type BlockFacts, BlockReader } from './block-reader.js';
import { checkNeighbours } from './check-neighbours.js';
import { checkTrees } from './check-trees.js';

export { BlockError, type BlockFacts };

/** The arrays of each kind, as its file in assembly/evaluate/ describes them. */
const checkKind: Record<Kind, (block: BlockReader, facts: BlockFacts) => void> = {
  kernel: notYet,
  neighbours: checkNeighbours,
  joint: notYet,
  linear: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
    block.array(7, outputs, 8);
  },
  trees: checkTrees,
  centroids: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
  },
};

function notYet(): never {
  throw new BlockError('its kind is not checked yet');
}

/** Throws BlockError unless every evaluator may safely be run on `bytes`. */
export function checkBlock(bytes: Uint8Array): BlockFacts {
  const block = new BlockReader(bytes);
  const kind = nameOf(kinds, block.word(0), 'kind');
  const decision = nameOf(decisions, block.word(3), 'decision');
  const facts = { kind, features: block.word(1), outputs: block.word(2), decision, classes: block.word(4) };
  const { features, outputs, classes } = facts;
  if (features === 0 || outputs === 0) throw new BlockError(`${features} features and ${outputs} outputs`);
  if (classes !== (classCount(decision, outputs) ?? classes) || (decision === 'logistic' && outputs !== 1))
    throw new BlockError(`${classes} classes and ${outputs} outputs do not go with the decision ${decision}`);
  block.array(5, classes, 4);
  checkKind[kind](block, facts);
  return facts;
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number, what: string): Name {
  const name = (Object.keys(numbers) as Name[]).find((candidate) => numbers[candidate] === number);
  if (name === undefined) throw new BlockError(`${number} is no ${what}`);
  return name;
}
