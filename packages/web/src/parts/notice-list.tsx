import { X } from 'lucide-react';

import { useCell } from '../state/cell.ts';
import { dismiss, notices } from '../state/notices.ts';
import { useWords } from '../words/words.ts';

/** Above everything, read out by screen readers as they come. */
export function NoticeList() {
  const words = useWords();
  const shown = useCell(notices);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-24 z-50 flex flex-col items-center gap-2 px-4"
    >
      {shown.map(({ id, text }) => (
        <p
          key={id}
          className="rise pointer-events-auto flex max-w-md items-center gap-3 rounded-2xl bg-ink py-2 pr-2 pl-4 text-[14px] text-canvas shadow-float"
        >
          {text}
          <button
            type="button"
            aria-label={words.close}
            className="rounded-full p-1.5 hover:opacity-70"
            onClick={() => dismiss(id)}
          >
            <X size={16} />
          </button>
        </p>
      ))}
    </div>
  );
}
