import type { SavedDraft } from '@parley/contracts';

import { act } from './act.ts';
import type { Api, CallOf } from './api.ts';
import type { Kept, KeptConversation, KeptPart, KeptWish } from './kept-conversation.ts';
import { positionIn } from './written-positions.ts';

/** What somebody has begun to write. */
export type DraftToSave = NonNullable<CallOf<'saveDraft'>['body']['draft']>;

export interface OwnViewActsParts {
  readonly conversationId: string;
  readonly api: Api;
  readonly kept: KeptConversation;
  /** The conversation's last number that is known here. */
  readonly headSeq: () => number;
  readonly onChanged: () => void;
}

/**
 * How the person keeps one conversation, changed from here. It shows at once and is taken back where it is refused.
 * Of each part one wish is on its way at a time, and what was wished meanwhile goes after it: only the last counts.
 */
export class OwnViewActs {
  readonly #parts: OwnViewActsParts;
  readonly #asking = new Map<KeptPart, Promise<void>>();

  constructor(parts: OwnViewActsParts) {
    this.#parts = parts;
  }

  isAsking(part: KeptPart): boolean {
    return this.#asking.has(part);
  }

  /** Until the server has stored this, or what was wished after it. */
  want(wish: KeptWish): Promise<void> {
    this.#parts.kept.wish(wish);
    this.#parts.onChanged();
    const asking = this.#asking.get(wish.part) ?? this.#ask(wish.part);
    this.#asking.set(wish.part, asking);
    return asking;
  }

  saveDraft(draft: DraftToSave | null): Promise<void> {
    const saved = { savedAt: new Date().toISOString(), savedAtSeq: this.#parts.headSeq() };
    const value = draft && ({ ...draft, ...saved } as SavedDraft);
    return this.want({ part: 'draft', value });
  }

  async #ask(part: KeptPart): Promise<void> {
    const { api, conversationId, kept, onChanged } = this.#parts;
    const params = { id: conversationId };
    try {
      for (let wish = kept.wished(part); wish !== undefined; wish = kept.wished(part)) {
        const asked = wish;
        try {
          const { position } = await act((key) => tell(api, asked, { params, idempotencyKey: key }));
          kept.granted(asked, positionIn('user', position));
        } catch (error) {
          // Where something else is wished by now, this was overtaken anyway.
          if (kept.refused(asked)) throw error;
        }
        onChanged();
      }
    } finally {
      this.#asking.delete(part);
      onChanged();
    }
  }
}

interface Telling {
  readonly params: { readonly id: string };
  readonly idempotencyKey: string;
}

type Tell<Part extends KeptPart> = (
  api: Api,
  value: Kept[Part],
  telling: Telling,
) => Promise<{ readonly position: string }>;

const rows: { readonly [Part in KeptPart]: Tell<Part> } = {
  isArchived: (api, value, telling) => api.call(value ? 'archive' : 'unarchive', telling),
  isPinned: (api, value, telling) => api.call(value ? 'pinConversation' : 'unpinConversation', telling),
  isMarkedUnread: (api, value, telling) => api.call(value ? 'markUnread' : 'unmarkUnread', telling),
  mutedUntil: (api, value, telling) => {
    if (value === null) return api.call('unmute', telling);
    return api.call('mute', { ...telling, body: value === 'forever' ? {} : { until: value } });
  },
  draft: (api, value, telling) => {
    if (value === null) return api.call('saveDraft', { ...telling, body: { draft: null } });
    const { savedAt: _at, savedAtSeq: _seq, ...draft } = value;
    return api.call('saveDraft', { ...telling, body: { draft } });
  },
};

function tell(api: Api, { part, value }: KeptWish, telling: Telling): Promise<{ readonly position: string }> {
  // TypeScript cannot see that table[part] accepts the value of that part.
  return (rows[part] as Tell<KeptPart>)(api, value, telling);
}
