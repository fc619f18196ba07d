import type {
  ClientMessageId,
  ConversationId,
  FileId,
  ForwardOrigin,
  Mention,
  MessageContent,
  MessageId,
  MessageType,
  Quote,
  SentContent,
  StickerId,
  UserId,
} from '@parley/contracts';
import type { ColumnType, Generated } from 'kysely';

/** Written as it lies in an event, read as a date. */
type Instant = ColumnType<Date, string, string>;
type MaybeInstant = ColumnType<Date | null, string | null | undefined, string | null>;

/** Read for all to see, read and kept to oneself, or come to a device. */
export type ReceiptKind = 'read' | 'private-read' | 'delivered';

/** How a stay ended. */
export type StayEnd = 'left' | 'removed' | 'dissolved';

/** The message service's read models. Each table is owned by the projection that its comment names. */
export interface MessageDb {
  /** timeline: every message of every conversation, and the lines that tell of what became of it. */
  readonly message: {
    readonly conversation_id: ConversationId;
    readonly seq: number;
    readonly message_id: MessageId;
    readonly sender_id: UserId;
    readonly client_message_id: ClientMessageId;
    /** Nothing where it was deleted for everyone. */
    readonly content: MessageContent | null;
    readonly sent_at: Instant;
    readonly changed_seq: number;
    /** Where in the log the message stands, and its last change; the same where it was not changed. */
    readonly position: number;
    readonly changed_position: number;
    readonly reply_to: Generated<Quote | null>;
    readonly forwarded_from: Generated<ForwardOrigin | null>;
    readonly mentions: readonly Mention[];
    readonly edited_at: MaybeInstant;
    readonly deleted_at: MaybeInstant;
    readonly deleted_by: Generated<UserId | null>;
  };
  /** timeline: what each edited message said and says, from its first words on. */
  readonly message_version: {
    readonly conversation_id: ConversationId;
    readonly message_seq: number;
    readonly version_seq: number;
    readonly content: SentContent;
    readonly written_at: Instant;
  };
  /** timeline: how many messages of a type somebody has sent and nobody has deleted. */
  readonly message_count: {
    readonly conversation_id: ConversationId;
    readonly sender_id: UserId;
    readonly type: MessageType;
    readonly count: number;
  };
  /** timeline: how often a sticker was sent and not deleted, by anybody. */
  readonly sticker_count: {
    readonly sticker_id: StickerId;
    readonly count: number;
  };
  /** timeline: who has put which emoji on a message. */
  readonly reaction: {
    readonly conversation_id: ConversationId;
    readonly message_seq: number;
    readonly emoji: string;
    readonly user_id: UserId;
    readonly reacted_seq: number;
  };
  /** timeline: the messages that are pinned. */
  readonly pin: {
    readonly conversation_id: ConversationId;
    readonly message_seq: number;
    readonly pinned_seq: number;
    readonly pinned_by: UserId;
    readonly pinned_at: Instant;
  };
  /** timeline: which messages have which files, forwards too. */
  readonly attachment: {
    readonly file_id: FileId;
    readonly conversation_id: ConversationId;
    readonly message_seq: number;
  };
  /** hidden-messages: what each person has deleted for themselves, and where in their log that stands. */
  readonly hidden_message: {
    readonly user_id: UserId;
    readonly conversation_id: ConversationId;
    readonly message_seq: number;
    readonly message_id: MessageId;
    readonly position: number;
  };
  /** timeline: who may read what: one row per stay of a person in a conversation, open while it lasts. */
  readonly membership: {
    readonly conversation_id: ConversationId;
    readonly user_id: UserId;
    readonly joined_seq: number;
    readonly joined_position: number;
    readonly left_seq: Generated<number | null>;
    readonly left_position: Generated<number | null>;
    readonly left_at: MaybeInstant;
    readonly left_how: Generated<StayEnd | null>;
  };
  /** timeline: whether who has gone may read on up to there, for the groups that have said so. */
  readonly history_rule: {
    readonly conversation_id: ConversationId;
    readonly keep_history: boolean | null;
    readonly keep_history_of_removed: boolean | null;
  };
  /** receipts: when each person had first come how far; see the projection for which steps are kept. */
  readonly receipt: {
    readonly conversation_id: ConversationId;
    readonly user_id: UserId;
    readonly kind: ReceiptKind;
    readonly up_to_seq: number;
    readonly at: Instant;
    /** Where in the log it was told. */
    readonly position: number;
  };
  /** search-index: what every message says, as search compares it. */
  readonly search_entry: {
    readonly conversation_id: ConversationId;
    /** Where the message stands in the log: the order of what is found. */
    readonly position: number;
    readonly seq: number;
    /** The number of the change by which it says what it says: its own, or that of its last edit. */
    readonly worded_seq: number;
    readonly sender_id: UserId;
    readonly sent_at: Instant;
    readonly type: MessageType;
    readonly has_attachment: boolean;
    readonly mentions: readonly string[];
    readonly folded: string;
    /** Where it differs from `folded`. */
    readonly accented: string | null;
    /** The grams of `folded` and the marks of the message, each in its segment. */
    readonly keys: readonly number[];
  };
}
