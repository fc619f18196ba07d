import type { ChatMessage, Sayable } from '@parley/client';
import { wordsOf } from '@parley/contracts';
import { type ChangeEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

import { type Aim, useDesk } from '../conversation/conversation-desk.ts';
import { attempt } from '../state/notices.ts';
import type { Candidate } from './mention-list.tsx';
import { withMention } from './mention-query.ts';
import { useDraft } from './use-draft.ts';
import { useMentions } from './use-mentions.ts';
import { type Picked, type SaidEntity, typedOf, wordingOf } from './wording.ts';

/** On a screen that is touched, Enter makes a new line: there is a button to send. */
const isTouched = matchMedia('(pointer: coarse)');

/** The state of what is being written, and what keys and buttons do to it. */
export function useComposer(aim: Aim) {
  const { conversation, snapshot, aimAt } = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, setText, forget } = useDraft({ isEditing: aim?.is === 'edit' });
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const [caret, setCaret] = useState(0);
  const mentions = useMentions(text, caret);

  useAim(aim, field, (typed, people) => {
    setText(typed);
    setPicked(people);
  });

  const put = (next: string, at: number) => {
    flushSync(() => setText(next));
    field.current?.setSelectionRange(at, at);
    field.current?.focus();
    setCaret(at);
  };
  const pick = ({ userId, name }: Candidate) => {
    const shown = `@${name}`;
    const next = withMention(text, caret, shown);
    setPicked((people) => [...people, userId === undefined ? { name: shown } : { name: shown, userId }]);
    put(next.text, next.caret);
  };
  const insert = (inserted: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    put(
      text.slice(0, selectionStart) + inserted + text.slice(selectionEnd),
      selectionStart + inserted.length,
    );
  };
  const say = (said: Sayable) => {
    if (aim?.is === 'reply') conversation.reply(aim.message, said);
    else conversation.send(said);
    aimAt(undefined);
  };
  const submit = () => {
    const said = wordingOf(text, picked);
    if (said.text.trim() === '') return;
    const wording =
      said.entities.length === 0 ? said.text : { text: said.text, entities: [...said.entities] };
    if (aim?.is === 'edit') {
      const { message } = aim;
      aimAt(undefined);
      if (said.text !== wordsOf(message.content) || said.entities.length > 0) {
        void attempt(() => conversation.edit(message, wording));
      }
    } else {
      say(typeof wording === 'string' ? wording : { type: 'text', ...wording });
    }
    forget();
    setPicked([]);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // A half-made word of Telex or of an input method is nobody's command.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.takeKey(event, pick)) return;
    if (event.key === 'Escape' && aim !== undefined) aimAt(undefined);
    else if (event.key === 'ArrowUp' && text === '') aimAt(editOfLast(snapshot.messages) ?? aim);
    else if (event.key === 'Enter' && !event.shiftKey && !isTouched.matches) submit();
    else return;
    event.preventDefault();
  };
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    setText(event.target.value);
    setCaret(event.target.selectionStart);
  };
  const onSelect = () => setCaret(field.current?.selectionStart ?? 0);
  const { candidates, chosen } = mentions;
  return { field, text, candidates, chosen, pick, insert, say, submit, onKeyDown, onChange, onSelect };
}

/** The last of the own messages that can be edited. */
function editOfLast(messages: readonly ChatMessage[]): Aim {
  const message = messages.findLast(
    ({ isOwn, seq, content }) => isOwn && seq !== undefined && content?.type === 'text',
  );
  return message && { is: 'edit', message };
}

/** Words to be edited come into the field, and an answer begins there. */
function useAim(
  aim: Aim,
  field: React.RefObject<HTMLTextAreaElement | null>,
  load: (typed: string, picked: readonly Picked[]) => void,
): void {
  const loading = useRef(load);
  loading.current = load;
  useEffect(() => {
    if (aim === undefined) return;
    if (aim.is === 'edit') {
      const { content } = aim.message;
      const entities = content !== null && 'entities' in content ? content.entities : undefined;
      const { typed, picked } = typedOf({
        text: wordsOf(content),
        entities: entities as SaidEntity[] | undefined,
      });
      loading.current(typed, picked);
    }
    field.current?.focus();
  }, [aim, field]);
}
