export { ScramClient, type ScramClientOptions, type ScramClientState } from './client.js';
export { ScramExchange } from './exchange.js';
export { MECHANISM as SCRAM_SHA_256 } from './hash.js';
export { passwordBytes, saslprep } from './saslprep.js';
export { AuthenticationError, ScramServer, type ScramServerOptions, type ScramServerState } from './server.js';
export {
  formatVerifier,
  makeVerifier,
  mockVerifier,
  parseVerifier,
  type ScramVerifier,
  verifyPassword,
} from './verifier.js';
