import type { TextEntity } from '@parley/contracts';
import type { ReactNode } from 'react';

import { type TextPiece, textPieces } from '../timeline/rich-text.ts';
import { useDesk } from './conversation-desk.ts';

interface RichTextProps {
  readonly text: string;
  readonly entities: readonly TextEntity[] | undefined;
  readonly isOwn: boolean;
}

/** Words with what parts of them mean: text and elements, never markup. */
export function RichText({ text, entities, isOwn }: RichTextProps) {
  const { myId } = useDesk();
  return (
    <span className="text-[15px] leading-[1.4] break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
      {textPieces(text, entities).map((piece) => (
        <Piece key={piece.offset} piece={piece} isOwn={isOwn} isMe={piece.userId === myId} />
      ))}
    </span>
  );
}

interface PieceProps {
  readonly piece: TextPiece;
  readonly isOwn: boolean;
  readonly isMe: boolean;
}

function Piece({ piece: { text, marks, url }, isOwn, isMe }: PieceProps) {
  let node: ReactNode = text;
  if (marks.has('bold')) node = <strong>{node}</strong>;
  if (marks.has('italic')) node = <em>{node}</em>;
  if (marks.has('code') || marks.has('pre')) {
    const block = marks.has('pre') ? 'my-1 block overflow-x-auto rounded-lg px-3 py-2' : 'rounded px-1 py-px';
    node = (
      <code className={`font-mono text-[13px] ${block} ${isOwn ? 'bg-black/20' : 'bg-hover'}`}>{node}</code>
    );
  }
  if (marks.has('mention')) {
    const colour = isOwn
      ? 'underline'
      : isMe
        ? 'rounded bg-accent-soft px-1 text-accent-ink'
        : 'text-accent-ink';
    node = <span className={`font-semibold ${colour}`}>{node}</span>;
  }
  if (url !== undefined) {
    node = (
      <a
        href={url}
        target="_blank"
        rel="noreferrer noopener"
        className={`underline ${isOwn ? '' : 'text-accent-ink'}`}
      >
        {node}
      </a>
    );
  }
  return node;
}
