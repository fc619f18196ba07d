import { useCallback, useEffect, useRef, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';

const SAVE_WAIT_MS = 800;

/**
 * What is in the field, kept for all own devices while it is written. What another device writes comes here too, as
 * long as nothing else is being written here.
 */
export function useDraft({ isEditing }: { readonly isEditing: boolean }) {
  const { conversation, snapshot } = useDesk();
  const kept = snapshot.draft?.text ?? '';
  const [text, setText] = useState(kept);
  /** What the server has, as far as this field has heard or said. */
  const saved = useRef(kept);
  const before = useRef<string>(undefined);

  useEffect(() => {
    setText((shown) => (shown === saved.current ? kept : shown));
    saved.current = kept;
  }, [kept]);

  // An edit borrows the field, and gives back what stood in it.
  useEffect(() => {
    if (isEditing) return;
    const returned = before.current;
    before.current = undefined;
    if (returned !== undefined) setText(returned);
  }, [isEditing]);

  const latest = useRef(text);
  latest.current = text;
  const save = useCallback(
    (value: string) => {
      if (value === saved.current) return;
      saved.current = value;
      // It stays here all the same, and the next letter tries again.
      conversation.saveDraft(value.trim() === '' ? null : value).catch(() => undefined);
    },
    [conversation],
  );
  useEffect(() => {
    if (isEditing) return undefined;
    const timer = setTimeout(() => save(text), SAVE_WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, isEditing, save]);
  useEffect(() => () => save(before.current ?? latest.current), [save]);

  const change = (value: string) => {
    if (isEditing) before.current ??= latest.current;
    setText(value);
  };
  const forget = () => {
    if (isEditing) return;
    // The message takes the draft's place by itself.
    saved.current = '';
    setText('');
  };
  return { text, setText: change, forget };
}
