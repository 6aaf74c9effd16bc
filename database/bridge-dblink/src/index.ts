export { applyBridge, dblinkSchema, storeConnection } from './bridge.js';
export type { Database, Row } from './database.js';
