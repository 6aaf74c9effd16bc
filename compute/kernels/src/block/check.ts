/**
 * Checking an evaluator block from outside. The evaluators read wherever a block's words point, so a block that did
 * not come from writeBlock in this process must pass here before a kernel sees it.
 */
import { classCount, decisions, type Kind, kinds, leastOutputs, pairCount } from './block.js';
import { BlockError, type BlockFacts, BlockReader } from './block-reader.js';
import { checkJoint } from './check-joint.js';
import { checkKernel } from './check-kernel.js';
import { checkNeighbours } from './check-neighbours.js';
import { checkTrees } from './check-trees.js';

export { BlockError, type BlockFacts };

const DECISION_WORD = 15;
const MOST_PAIRED_CLASSES = 65535;

/** The arrays of each kind, as its file in assembly/evaluate/ describes them. */
const checkKind: Record<Kind, (block: BlockReader, facts: BlockFacts) => void> = {
  kernel: checkKernel,
  neighbours: checkNeighbours,
  joint: (block, facts) => {
    checkJoint(block, facts, checkBlock);
  },
  linear: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
    block.array(7, outputs, 8);
  },
  trees: checkTrees,
  centroids: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
  },
};

/** Throws BlockError unless every evaluator may safely be run on `bytes`. */
export function checkBlock(bytes: Uint8Array): BlockFacts {
  const block = new BlockReader(bytes);
  const kind = nameOf(kinds, block.word(0), 'kind');
  const decision = nameOf(decisions, block.word(3), 'decision');
  const facts = { kind, features: block.word(1), outputs: block.word(2), decision, classes: block.word(4) };
  const { features, outputs, classes } = facts;
  if (features === 0 || outputs === 0) throw new BlockError(`${features} features and ${outputs} outputs`);
  if (!goTogether(facts))
    throw new BlockError(`${classes} classes and ${outputs} outputs do not go with the decision ${decision}`);
  block.array(5, decision === 'vector' ? 0 : classes, 4);
  checkDecision(block, facts);
  checkKind[kind](block, facts);
  return facts;
}

function goTogether({ decision, outputs, classes }: BlockFacts): boolean {
  if (classes !== (classCount(decision, outputs) ?? classes) || outputs < leastOutputs(decision, classes)) return false;
  switch (decision) {
    case 'logistic':
    case 'sign':
      return outputs === 1;
    case 'pairwiseCoupling':
    case 'laplace':
      // So that the number of pairs cannot overflow.
      return classes >= 2 && classes <= MOST_PAIRED_CLASSES;
    case 'neighbourVote':
      return classes >= 1 && outputs % 2 === 0;
    case 'neighbourMean':
      return outputs % 2 === 0;
    case 'vector':
      return classes >= 1;
    default:
      return true;
  }
}

/** That the decision's numbers are there, and that it goes with the kind. */
function checkDecision(block: BlockReader, { kind, decision, outputs, classes }: BlockFacts): void {
  if (decision === 'weightedMedian') block.array(DECISION_WORD, outputs, 8);
  if (decision === 'pairwiseCoupling') block.array(DECISION_WORD, 2 * pairCount(classes), 8);
  const ofNeighbours = decision === 'neighbourMean' || decision === 'neighbourVote';
  if (ofNeighbours && kind !== 'neighbours') throw new BlockError(`the decision ${decision} does not go with ${kind}`);
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number, what: string): Name {
  const name = (Object.keys(numbers) as Name[]).find((candidate) => numbers[candidate] === number);
  if (name === undefined) throw new BlockError(`${number} is no ${what}`);
  return name;
}
