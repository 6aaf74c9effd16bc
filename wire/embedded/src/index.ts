export { createCluster } from './data-directory.js';
export { type EmbeddedServer, type EmbeddedServerOptions, startEmbeddedServer } from './server.js';
export { templateDirectory } from './template.js';
