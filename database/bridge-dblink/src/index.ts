export { applyBridge, dblinkSchema, storeConnection } from './bridge.js';
export type { Database, Row } from './database.js';
export { InstallationError } from './errors.js';
export { type Installed, type InstallOptions, install } from './install.js';
export { runtimeParameters } from './runtime-address.js';
