import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';

import { useWords } from '../words/words.ts';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog before everything else: the browser keeps the focus in it and gives it back. */
export function Modal({ title, onClose, children }: ModalProps) {
  const words = useWords();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className="rise m-0 h-dvh max-h-none w-dvw max-w-none bg-surface p-0 text-ink shadow-float sm:m-auto sm:h-fit sm:max-h-[min(85dvh,720px)] sm:w-[440px] sm:rounded-2xl"
    >
      <div className="flex h-full max-h-[inherit] flex-col">
        <header className="flex items-center gap-2 px-5 pt-4 pb-2">
          <h2 className="grow text-lg font-bold">{title}</h2>
          <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}>
            <X size={20} />
          </button>
        </header>
        <div className="scroll-thin min-h-0 grow overflow-y-auto px-5 pb-5">{children}</div>
      </div>
    </dialog>
  );
}
