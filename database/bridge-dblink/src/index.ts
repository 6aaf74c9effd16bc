export { applyBridge, dblinkSchema, storeConnection } from './bridge.js';
export type { Database, Row } from './database.js';
export { examine, type Finding } from './doctor.js';
export { InstallationError } from './errors.js';
export { type Installed, type InstallOptions, install } from './install.js';
export type { Release, Upgrade } from './release.js';
export { runtimeParameters } from './runtime-address.js';
export { type Losses, losses, uninstall } from './uninstall.js';
export { type Upgraded, type UpgradeOptions, upgrade } from './upgrade.js';
