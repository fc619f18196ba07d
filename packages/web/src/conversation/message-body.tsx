import type { ChatMessage } from '@parley/client';
import { findSticker, type StickerId } from '@parley/contracts';
import { Contact, FileText, Film, ImageIcon, MapPin, Mic, Phone } from 'lucide-react';

import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { kindOf } from '../words/preview-text.ts';
import { useWords } from '../words/words.ts';
import { RichText } from './rich-text.tsx';

type Content = Exclude<ChatMessage['content'], null>;
type ContentOf<Type extends Content['type']> = Extract<Content, { readonly type: Type }>;

interface MessageBodyProps {
  readonly message: ChatMessage;
  /** Without a bubble around it. */
  readonly isBare: boolean;
}

/** What a message holds, by its type. */
export function MessageBody({ message: { content, isOwn }, isBare }: MessageBodyProps) {
  if (content === null) return null;
  if (content.type === 'text') {
    if (isBare) return <p className="text-[44px] leading-tight">{content.text}</p>;
    return <RichText text={content.text} entities={content.entities} isOwn={isOwn} />;
  }
  if (content.type === 'sticker') return <Sticker stickerId={content.stickerId} />;
  if (content.type === 'location') return <Location content={content} />;
  if (content.type === 'contact') return <ContactCard content={content} />;
  if (content.type === 'call') return <Call content={content} />;
  if (content.type === 'system') return null;
  return <Files content={content} isOwn={isOwn} />;
}

function Sticker({ stickerId }: { readonly stickerId: StickerId }) {
  const words = useWords();
  const sticker = findSticker(stickerId);
  if (sticker === undefined) return <p>{words.sticker}</p>;
  return (
    <img
      src={sticker.picture}
      alt={`${words.sticker}: ${sticker.name}`}
      width={144}
      height={144}
      className="size-36"
    />
  );
}

const fileIcons = { image: ImageIcon, video: Film, audio: Mic, file: FileText } as const;

/** What files are: their bytes are not kept yet. */
function Files({
  content,
  isOwn,
}: {
  readonly content: ContentOf<keyof typeof fileIcons>;
  readonly isOwn: boolean;
}) {
  const words = useWords();
  const Icon = fileIcons[content.type];
  return (
    <div className="flex flex-col gap-1.5">
      {content.attachments.map((file) => (
        <figure key={file.fileId}>
          <div className="flex items-center gap-3">
            <span
              className={`flex size-11 shrink-0 items-center justify-center rounded-xl ${isOwn ? 'bg-white/20' : 'bg-accent-soft text-accent-ink'}`}
            >
              <Icon size={22} aria-hidden />
            </span>
            <span className="min-w-0">
              <span className="block truncate text-[15px] font-semibold">
                {'name' in file ? file.name : kindOf(content, words)}
              </span>
              {'sizeBytes' in file && (
                <span className={`text-[12px] ${isOwn ? 'text-own-soft' : 'text-soft'}`}>
                  {sizeText(file.sizeBytes, words.locale)}
                </span>
              )}
            </span>
          </div>
          {file.caption !== undefined && <figcaption className="text-[14px]">{file.caption}</figcaption>}
        </figure>
      ))}
      {'text' in content && content.text !== undefined && (
        <RichText text={content.text} entities={content.entities} isOwn={isOwn} />
      )}
    </div>
  );
}

function Location({ content }: { readonly content: ContentOf<'location'> }) {
  const words = useWords();
  const { lat, lng, name } = content;
  return (
    <a
      href={`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=16/${lat}/${lng}`}
      target="_blank"
      rel="noreferrer noopener"
      className="flex items-center gap-3"
    >
      <MapPin size={30} aria-hidden className="shrink-0" />
      <span>
        <span className="block text-[15px] font-semibold underline">{name ?? words.location}</span>
        <span className="text-[12px] opacity-85">
          {lat.toFixed(4)}, {lng.toFixed(4)}
        </span>
      </span>
    </a>
  );
}

function ContactCard({ content: { name, phone, userId } }: { readonly content: ContentOf<'contact'> }) {
  const words = useWords();
  const write = () =>
    attempt(async () => {
      if (userId === undefined) return;
      const { conversationId } = await chat.startDirect(userId);
      goTo({ at: 'conversation', conversationId });
    });
  return (
    <div className="flex items-center gap-3">
      <Contact size={28} aria-hidden className="shrink-0" />
      <span>
        <span className="block text-[15px] font-semibold">{name}</span>
        {phone !== undefined && <span className="block text-[13px]">{phone}</span>}
        {userId !== undefined && (
          <button type="button" className="text-[13px] font-semibold underline" onClick={() => void write()}>
            {words.writeTo} {name}
          </button>
        )}
      </span>
    </div>
  );
}

function Call({ content: { outcome, durationMs } }: { readonly content: ContentOf<'call'> }) {
  const words = useWords();
  const minutes = durationMs === undefined ? undefined : Math.max(1, Math.round(durationMs / 60_000));
  return (
    <p className="flex items-center gap-2 text-[15px]">
      <Phone size={18} aria-hidden />
      {words.calls[outcome]}
      {minutes !== undefined && <span className="opacity-85">{minutes} min</span>}
    </p>
  );
}

export function sizeText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const number = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  });
  return number.format(bytes / 1_000 ** power);
}
