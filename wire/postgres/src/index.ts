export { type BridgeChoice, type BridgeName } from './bridge.js';
export { type ClusterOptions, createCluster } from './cluster.js';
export { cacheDirectory, downloadPrograms } from './download.js';
export { HostError } from './errors.js';
export { findPrograms, type Programs, readPrograms } from './programs.js';
export { type PostgresServer, type ServerOptions, settlePort, startServer } from './server.js';
export { checkReach, giveTo, type SystemUser, systemUser } from './system-user.js';
export { type HostedPostgres, type HostOptions, hostPostgres } from './host.js';
