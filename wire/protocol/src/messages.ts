/**
 * Every message of the PostgreSQL protocol version 3.0 to 3.2, under the names of the documentation ("Message Formats").
 * Strings are UTF-8 on the wire; values of rows and parameters stay bytes; object ids are unsigned.
 */

// The packets before the first message have no type byte; a code in their first four bytes tells them apart.

export interface StartupMessage {
  readonly type: 'StartupMessage';
  readonly major: number;
  readonly minor: number;
  /** `user`, `database`, settings; names that begin with `_pq_.` are protocol extensions. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface CancelRequest {
  readonly type: 'CancelRequest';
  readonly processId: number;
  /** 4 bytes in protocol 3.0, 4 to 256 in 3.2. */
  readonly secretKey: Uint8Array;
}

export type StartupPacket =
  StartupMessage | CancelRequest | { readonly type: 'SSLRequest' } | { readonly type: 'GSSENCRequest' };

/** What Describe and Close are about: a prepared statement or a portal. */
export type Target = 'statement' | 'portal';

/** 0 text, 1 binary. */
export type FormatCode = number;

/** `p` is one letter for four messages; which it is follows from what the server asked for. */
export type PasswordMeaning = 'PasswordMessage' | 'SASLInitialResponse' | 'SASLResponse' | 'GSSResponse';

export type FrontendMessage =
  | { readonly type: 'PasswordMessage'; readonly password: string }
  | { readonly type: 'SASLInitialResponse'; readonly mechanism: string; readonly data: Uint8Array | null }
  | { readonly type: 'SASLResponse'; readonly data: Uint8Array }
  | { readonly type: 'GSSResponse'; readonly data: Uint8Array }
  | { readonly type: 'Query'; readonly query: string }
  | {
      readonly type: 'Parse';
      readonly statement: string;
      readonly query: string;
      readonly parameterTypes: readonly number[];
    }
  | {
      readonly type: 'Bind';
      readonly portal: string;
      readonly statement: string;
      /** None (all text), one (for all) or one for each parameter. */
      readonly parameterFormats: readonly FormatCode[];
      readonly parameters: readonly (Uint8Array | null)[];
      readonly resultFormats: readonly FormatCode[];
    }
  | { readonly type: 'Describe'; readonly target: Target; readonly name: string }
  | { readonly type: 'Execute'; readonly portal: string; readonly maximumRows: number }
  | { readonly type: 'Close'; readonly target: Target; readonly name: string }
  | { readonly type: 'Flush' }
  | { readonly type: 'Sync' }
  | { readonly type: 'CopyData'; readonly data: Uint8Array }
  | { readonly type: 'CopyDone' }
  | { readonly type: 'CopyFail'; readonly reason: string }
  | {
      readonly type: 'FunctionCall';
      readonly functionId: number;
      readonly argumentFormats: readonly FormatCode[];
      readonly arguments: readonly (Uint8Array | null)[];
      readonly resultFormat: FormatCode;
    }
  | { readonly type: 'Terminate' };

export interface FieldDescription {
  readonly name: string;
  /** Object id of the table and number of its column; 0 where the field is no column of a table. */
  readonly tableId: number;
  readonly columnNumber: number;
  readonly typeId: number;
  /** In bytes; negative for types of varying width. */
  readonly typeSize: number;
  readonly typeModifier: number;
  readonly format: FormatCode;
}

/** Idle, in a transaction, in a failed transaction. */
export type TransactionStatus = 'I' | 'T' | 'E';

export type Severity = 'ERROR' | 'FATAL' | 'PANIC' | 'WARNING' | 'NOTICE' | 'DEBUG' | 'INFO' | 'LOG';

/** What an error or a notice says. */
export interface ErrorFields {
  readonly severity: Severity;
  /** The severity in the server's language; only where it differs. */
  readonly localizedSeverity?: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** In characters of the query, from 1. */
  readonly position?: number;
  readonly internalPosition?: number;
  readonly internalQuery?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly routine?: string;
}

interface CopyResponse {
  /** Of the whole copy: 0 text, 1 binary. */
  readonly format: number;
  readonly columnFormats: readonly FormatCode[];
}

export type BackendMessage =
  | { readonly type: 'AuthenticationOk' }
  | { readonly type: 'AuthenticationKerberosV5' }
  | { readonly type: 'AuthenticationCleartextPassword' }
  | { readonly type: 'AuthenticationMD5Password'; readonly salt: Uint8Array }
  | { readonly type: 'AuthenticationGSS' }
  | { readonly type: 'AuthenticationGSSContinue'; readonly data: Uint8Array }
  | { readonly type: 'AuthenticationSSPI' }
  | { readonly type: 'AuthenticationSASL'; readonly mechanisms: readonly string[] }
  | { readonly type: 'AuthenticationSASLContinue'; readonly data: Uint8Array }
  | { readonly type: 'AuthenticationSASLFinal'; readonly data: Uint8Array }
  | { readonly type: 'BackendKeyData'; readonly processId: number; readonly secretKey: Uint8Array }
  | { readonly type: 'NegotiateProtocolVersion'; readonly version: number; readonly options: readonly string[] }
  | { readonly type: 'ParameterStatus'; readonly name: string; readonly value: string }
  | { readonly type: 'ReadyForQuery'; readonly status: TransactionStatus }
  | { readonly type: 'RowDescription'; readonly fields: readonly FieldDescription[] }
  | { readonly type: 'DataRow'; readonly values: readonly (Uint8Array | null)[] }
  | { readonly type: 'CommandComplete'; readonly tag: string }
  | { readonly type: 'EmptyQueryResponse' }
  | { readonly type: 'ErrorResponse'; readonly fields: ErrorFields }
  | { readonly type: 'NoticeResponse'; readonly fields: ErrorFields }
  | {
      readonly type: 'NotificationResponse';
      readonly processId: number;
      readonly channel: string;
      readonly payload: string;
    }
  | { readonly type: 'ParseComplete' }
  | { readonly type: 'BindComplete' }
  | { readonly type: 'CloseComplete' }
  | { readonly type: 'NoData' }
  | { readonly type: 'ParameterDescription'; readonly parameterTypes: readonly number[] }
  | { readonly type: 'PortalSuspended' }
  | ({ readonly type: 'CopyInResponse' } & CopyResponse)
  | ({ readonly type: 'CopyOutResponse' } & CopyResponse)
  | ({ readonly type: 'CopyBothResponse' } & CopyResponse)
  | { readonly type: 'CopyData'; readonly data: Uint8Array }
  | { readonly type: 'CopyDone' }
  | { readonly type: 'FunctionCallResponse'; readonly value: Uint8Array | null };
