import type {
  ConversationId,
  ConversationKind,
  FileId,
  InviteId,
  Mention,
  MessagePreview,
  Role,
  SavedDraft,
  SettingsChange,
  UserId,
} from '@parley/contracts';
import type { ColumnType, Generated } from 'kysely';

/** Written as it lies in an event, read as a date. */
type Instant = ColumnType<Date, string, string>;
type InstantOrNull = ColumnType<Date | number | null, string | null, string | null>;

/** The conversation service's read models. Each table is owned by the projection that its comment names. */
export interface ConversationDb {
  /** member-list: who is in which conversation now, and how far they have read. */
  readonly member: {
    readonly conversation_id: ConversationId;
    readonly user_id: UserId;
    readonly role: Role;
    readonly joined_at: Instant;
    readonly joined_seq: number;
    readonly read_up_to_seq: Generated<number>;
    /** Where their last read or message lies, however far they had read before: what takes a mark as unread away. */
    readonly read_position: Generated<number>;
    /** In which minute since 1970 the conversation was last active: the same for all of its members. */
    readonly active_minute: number;
  };
  /** conversation-list: one row per conversation. */
  readonly conversation: {
    readonly conversation_id: ConversationId;
    readonly kind: ConversationKind;
    readonly name: string | null;
    readonly name_folded: string | null;
    readonly description: string | null;
    readonly avatar_file_id: FileId | null;
    /** What its people have said; what they have not is as it is by default. */
    readonly settings: SettingsChange;
    readonly created_at: Instant;
    readonly created_by: UserId;
    readonly last_seq: number;
    /** Where in the log that number stands. */
    readonly last_position: number;
    readonly last_activity_at: Instant;
    readonly last_message: MessagePreview | null;
  };
  /** conversation-list: as much of each message as counting the unread ones needs. */
  readonly conversation_message: {
    readonly conversation_id: ConversationId;
    readonly seq: number;
    readonly sender_id: UserId;
  };
  /** conversation-list: how many messages lie in each stretch of a conversation; see `message-stretch`. */
  readonly conversation_stretch: {
    readonly conversation_id: ConversationId;
    readonly stretch: number;
    readonly message_count: number;
  };
  /** conversation-list: whom each message mentions. */
  readonly conversation_mention: {
    readonly conversation_id: ConversationId;
    readonly mentioned: Mention;
    readonly seq: number;
    readonly sender_id: UserId;
  };
  /** own-view: how each person keeps a conversation; none where they never said. */
  readonly own_view: {
    readonly user_id: UserId;
    readonly conversation_id: ConversationId;
    readonly archived: Generated<boolean>;
    /** `infinity` for ever. */
    readonly muted_until: InstantOrNull;
    readonly pinned_at: InstantOrNull;
    /** Marked as unread: where the conversation's log stood then. */
    readonly marked_at_position: number | null;
    readonly draft: SavedDraft | null;
    readonly draft_seq: number | null;
    readonly version: number;
  };
  /** own-view: the messages that people have deleted for themselves. */
  readonly hidden_message: {
    readonly user_id: UserId;
    readonly conversation_id: ConversationId;
    readonly seq: number;
  };
  /** blocks: who takes no direct messages from whom. `conversation_id` is the pair's direct chat. */
  readonly block: {
    readonly conversation_id: ConversationId;
    readonly blocker_id: UserId;
    readonly blocked_id: UserId;
    readonly blocked_at: Instant;
  };
  /** invites: the ways into each group, with what is kept of their codes. */
  readonly invite: {
    readonly invite_id: InviteId;
    readonly conversation_id: ConversationId;
    readonly code_hash: string;
    readonly created_by: UserId;
    readonly created_at: Instant;
    readonly expires_at: InstantOrNull;
    readonly use_count_max: number | null;
    readonly use_count: Generated<number>;
    readonly revoked_at: InstantOrNull;
  };
  /** people: the names under which people are shown. */
  readonly person: {
    readonly user_id: UserId;
    readonly username: string;
    readonly display_name: string;
    readonly name_folded: string;
  };
}
