/** The type bytes of both directions, and how long a message of each may be. */

/** Bytes that a startup packet may have, its length included; PostgreSQL's own limit. */
export const MAXIMUM_STARTUP_LENGTH = 10_000;

/** The largest message of PostgreSQL: its largest allocation. */
export const MAXIMUM_MESSAGE_LENGTH = 0x3fffffff;

const SMALL = 10_000;
/** Tokens of GSSAPI can be large; passwords share their letter. */
const AUTHENTICATION = 65_535;
const LARGE = MAXIMUM_MESSAGE_LENGTH;

/**
 * Letter → length limit. As in PostgreSQL, only messages that carry a client's data may be long, so that nobody makes
 * a server wait for the gigabyte of a Sync.
 */
export const frontendLimits: Readonly<Record<string, number>> = {
  B: LARGE, // Bind
  C: SMALL, // Close
  D: SMALL, // Describe
  E: SMALL, // Execute
  F: LARGE, // FunctionCall
  H: SMALL, // Flush
  P: LARGE, // Parse
  Q: LARGE, // Query
  S: SMALL, // Sync
  X: SMALL, // Terminate
  c: SMALL, // CopyDone
  d: LARGE, // CopyData
  f: SMALL, // CopyFail
  p: AUTHENTICATION, // PasswordMessage, SASLInitialResponse, SASLResponse, GSSResponse
};

/** A server is trusted with lengths, but a lost place in the stream shows early as a short message with a huge length. */
const SHORT_ANSWER = 30_000;

export const backendLimits: Readonly<Record<string, number>> = {
  '1': SHORT_ANSWER, // ParseComplete
  '2': SHORT_ANSWER, // BindComplete
  '3': SHORT_ANSWER, // CloseComplete
  A: LARGE, // NotificationResponse
  C: SHORT_ANSWER, // CommandComplete
  D: LARGE, // DataRow
  E: LARGE, // ErrorResponse
  G: SHORT_ANSWER, // CopyInResponse
  H: SHORT_ANSWER, // CopyOutResponse
  I: SHORT_ANSWER, // EmptyQueryResponse
  K: SHORT_ANSWER, // BackendKeyData
  N: LARGE, // NoticeResponse
  R: AUTHENTICATION, // Authentication…
  S: LARGE, // ParameterStatus: settings such as search_path have no limit
  T: LARGE, // RowDescription
  V: LARGE, // FunctionCallResponse
  W: SHORT_ANSWER, // CopyBothResponse
  Z: SHORT_ANSWER, // ReadyForQuery
  c: SHORT_ANSWER, // CopyDone
  d: LARGE, // CopyData
  n: SHORT_ANSWER, // NoData
  s: SHORT_ANSWER, // PortalSuspended
  t: LARGE, // ParameterDescription
  v: SHORT_ANSWER, // NegotiateProtocolVersion
};
