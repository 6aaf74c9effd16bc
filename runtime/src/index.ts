export * from './create-runtime.js';
export * from './doors/frames/codec.js';
export { type FrameLimits, refuseFrames, serveFrames } from './doors/frames/serve-frames.js';
export * from './doors/in-process.js';
export type { ErrorReport } from './errors.js';
export type { JobReport, JobState } from './jobs.js';
export { answering, type Method, type MethodContext, streaming } from './methods/method.js';
export type { ModelCacheReport } from './models/model-cache.js';
export * from './runtime.js';
export { replaceFile, syncDirectory } from './server-directory/durable-files.js';
export { DirectoryInUse, lockDirectory } from './server-directory/lock.js';
export * from './server-directory/server-directory.js';
export { Cancels } from './doors/postgres/cancel.js';
export { PostgresConnection, servePostgres } from './doors/postgres/connection.js';
export type { PostgresClient, PostgresDoorOptions } from './doors/postgres/options.js';
export { readConfiguration } from './server/configuration.js';
export { ConfigurationError } from './server/configuration-error.js';
export { type Address, type Endpoint, printAddress } from './server/endpoints.js';
export { type MetricDeclaration, metricDeclarations } from './server/metrics.js';
export { type RunningRuntime, type RuntimeServerOptions, startRuntimeServer } from './server/start-runtime-server.js';
export {
  type Configuration,
  defaultText,
  type SettingName,
  settingNames,
  settings,
  spellings,
} from './server/settings.js';
export { type Supervisor, type SupervisorOptions, superviseRuntime } from './server/supervisor.js';
export { version } from './version.js';
export { createTeam, type WorkerTeam } from './workers/team.js';
