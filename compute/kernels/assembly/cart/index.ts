// Trees grown on the values themselves, every threshold tried: ranks, and the grower of one tree.
export { growTree } from './grow';
export { orderColumn, rankColumn } from './rank';
