/** What became of one send, as its device knows it. */
export type SendOutcome =
  | { readonly kind: 'ok'; readonly messageId: string; readonly seq: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly code: string; readonly atMs: number }
  | { readonly kind: 'unknown' };

/** One message that a person handed to a device. Times are of one clock, so they can be compared. */
export interface Send {
  readonly device: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
  readonly submittedAtMs: number;
  readonly outcome: SendOutcome;
}

/** A message, wherever it is found: in the log, in a table, on a screen. */
export interface Message {
  readonly conversationId: string;
  readonly seq: number;
  readonly messageId: string;
  readonly senderId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

/** One numbered event of a conversation's log: a message, or who came and went. */
export type LogEntry =
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'membership';
      readonly conversationId: string;
      readonly seq: number;
      readonly joined: readonly string[];
      readonly left: readonly string[];
    };

/** A message of which the application was told. */
export interface Announced {
  readonly conversationId: string;
  readonly stay: number;
  readonly seq: number;
}

/** What one device was told, and what it shows in the end. */
export interface DeviceView {
  readonly device: string;
  readonly userId: string;
  /** Every message that arrived over the wire, doubles included. */
  readonly deliveries: readonly { readonly conversationId: string; readonly seq: number }[];
  /**
   * Every message that the application was told of, in that order. `stay` counts how often the device had lost the
   * conversation before: who comes back begins anew, and reads what was said before in the history.
   */
  readonly announced: readonly Announced[];
  /** What it shows, complete from `floor` on. Absent for a conversation that it is not in. */
  readonly conversations: readonly {
    readonly conversationId: string;
    readonly floor: number;
    readonly messages: readonly Message[];
  }[];
}

/** How a process fared: what was done to it, and what it did by itself. */
export interface ProcessRecord {
  readonly name: string;
  readonly killed: number;
  readonly restarted: number;
  readonly running: boolean;
  /** Lines of its log that speak of a promise that nobody caught. */
  readonly unhandled: readonly string[];
}

/** Everything that is known of a run. */
export interface History {
  readonly sends: readonly Send[];
  /** In the order of the log. */
  readonly log: readonly LogEntry[];
  readonly rows: readonly Message[];
  readonly devices: readonly DeviceView[];
  readonly processes: readonly ProcessRecord[];
}
