// Trees grown on the values themselves, every threshold tried: ranks, the grower of one tree, where rows fall.
export { findLeaves } from './apply';
export { growTree } from './grow';
export { orderColumn, rankColumn } from './rank';
