import type { ChatSnapshot, Conversation, ConversationSnapshot } from '@parley/client';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

import { chat } from './session.ts';

export function useChat(): ChatSnapshot {
  return useSyncExternalStore(chat.subscribe, chat.getSnapshot);
}

export function useConversation(conversation: Conversation): ConversationSnapshot {
  return useSyncExternalStore(conversation.subscribe, conversation.getSnapshot);
}

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly reload: () => void;
}

/** What only the server knows, asked for when it is shown and again when it is asked to; `load` is stable. */
export function useLoaded<Value>(load: () => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<{ readonly value?: Value; readonly error?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isWanted = true;
    load().then(
      (value) => isWanted && setState({ value }),
      (error: unknown) => isWanted && setState((kept) => ({ ...kept, error })),
    );
    return () => {
      isWanted = false;
    };
  }, [load, turn]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  return { value: state.value, error: state.error, reload };
}

/** The value once it has stood still: what is typed is not asked for letter by letter. */
export function useSettled<Value>(value: Value, waitMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), waitMs);
    return () => clearTimeout(timer);
  }, [value, waitMs]);
  return settled;
}
