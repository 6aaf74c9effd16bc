/** Words of the control block, an Int32Array over a SharedArrayBuffer. */
export const words = {
  /** Counts what the server has to say. */
  WAKE: 0,
  /** 1 while a thread changes one of the next three. */
  LOCK: 1,
  /** Whose turn it is; 0 for the server's own queries, which cannot be cancelled. */
  CLIENT: 2,
  /** 1 while a message is executed. */
  RUNNING: 3,
  /** Why the turn is being cancelled, see interrupts.ts. */
  CANCEL_REASON: 4,
  /** Bytes of output that the clients' sockets have taken, modulo 2³². */
  ACKNOWLEDGED: 5,
  /** A client whose turn is to be cancelled as soon as it begins. */
  CANCEL_EARLY: 6,
  COUNT: 8,
} as const;
