import { Pencil, Reply, SendHorizontal, Smile, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { type Aim, useDesk } from '../conversation/conversation-desk.ts';
import { type MenuSpot, Popover } from '../parts/menu.tsx';
import { unblock } from '../state/blocked.ts';
import { blocked } from '../state/blocked.ts';
import { useCell } from '../state/cell.ts';
import { attempt } from '../state/notices.ts';
import { nameOf } from '../state/session.ts';
import { previewOf } from '../words/preview-text.ts';
import { useWords } from '../words/words.ts';
import { MentionList } from './mention-list.tsx';
import { useComposer } from './use-composer.ts';

const ComposerPicker = lazy(() => import('./composer-picker.tsx'));

/** Where words are made. */
export function Composer({ aim }: { readonly aim: Aim }) {
  const words = useWords();
  const { snapshot, myId } = useDesk();
  const people = useCell(blocked);
  const other = [...(snapshot.members?.keys() ?? [])].find((userId) => userId !== myId);
  if (snapshot.isRemoved) return <Closed text={words.removedHere} />;
  if (snapshot.kind === 'direct' && people.some(({ userId }) => userId === other)) {
    return (
      <Closed text={words.blockedHere}>
        <button
          type="button"
          className="button-plain"
          onClick={() => void attempt(() => unblock(other ?? ''))}
        >
          {words.unblock}
        </button>
      </Closed>
    );
  }
  return <OpenComposer aim={aim} />;
}

function OpenComposer({ aim }: { readonly aim: Aim }) {
  const words = useWords();
  const { snapshot, aimAt } = useDesk();
  const composer = useComposer(aim);
  const [spot, setSpot] = useState<MenuSpot>();
  return (
    <footer className="relative border-t border-line bg-surface px-2 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4">
      {aim && <AimLine aim={aim} onCancel={() => aimAt(undefined)} />}
      {composer.candidates.length > 0 && (
        <MentionList candidates={composer.candidates} chosen={composer.chosen} onPick={composer.pick} />
      )}
      <form
        className="mx-auto flex max-w-4xl items-end gap-1.5"
        onSubmit={(event) => {
          event.preventDefault();
          composer.submit();
        }}
      >
        <button
          type="button"
          className="icon-button mb-1"
          aria-label={`${words.emoji}, ${words.stickers}`}
          aria-haspopup="dialog"
          onClick={(event) => setSpot(event.currentTarget.getBoundingClientRect())}
        >
          <Smile size={22} />
        </button>
        <textarea
          ref={composer.field}
          value={composer.text}
          rows={1}
          aria-label={`${words.writeMessage}: ${snapshot.title}`}
          placeholder={words.writeMessage}
          onChange={composer.onChange}
          onKeyDown={composer.onKeyDown}
          onSelect={composer.onSelect}
          className="scroll-thin field-sizing-content max-h-40 min-h-11 min-w-0 grow resize-none rounded-[22px] border border-line bg-canvas px-4 py-2.5 text-[15px] leading-snug outline-none placeholder:text-soft focus:border-accent"
        />
        <button
          type="submit"
          aria-label={words.send}
          disabled={composer.text.trim() === ''}
          className="flex size-11 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent transition-opacity disabled:opacity-40"
        >
          <SendHorizontal size={20} aria-hidden />
        </button>
      </form>
      {spot && (
        <Popover spot={spot} label={words.emoji} role="dialog" onClose={() => setSpot(undefined)}>
          <Suspense fallback={<div className="h-96 w-80" />}>
            <ComposerPicker
              onEmoji={composer.insert}
              onSticker={(stickerId) => {
                setSpot(undefined);
                composer.say({ type: 'sticker', stickerId });
              }}
            />
          </Suspense>
        </Popover>
      )}
    </footer>
  );
}

function AimLine({ aim, onCancel }: { readonly aim: NonNullable<Aim>; readonly onCancel: () => void }) {
  const words = useWords();
  const Icon = aim.is === 'reply' ? Reply : Pencil;
  const { senderId, isOwn, content } = aim.message;
  const title = aim.is === 'edit' ? words.editing : words.replyTo(isOwn ? words.you : nameOf(senderId));
  return (
    <div className="rise mx-auto mb-2 flex max-w-4xl items-center gap-3 px-2">
      <Icon size={18} aria-hidden className="shrink-0 text-accent" />
      <p className="min-w-0 grow border-l-2 border-accent pl-3 text-[13px]">
        <span className="block font-semibold text-accent-ink">{title}</span>
        <span className="block truncate text-soft">{previewOf(content, words, nameOf)}</span>
      </p>
      <button type="button" className="icon-button" aria-label={words.cancel} onClick={onCancel}>
        <X size={18} />
      </button>
    </div>
  );
}

function Closed({ text, children }: { readonly text: string; readonly children?: React.ReactNode }) {
  return (
    <footer className="flex items-center justify-center gap-4 border-t border-line bg-surface p-4 text-[14px] text-soft">
      {text}
      {children}
    </footer>
  );
}
