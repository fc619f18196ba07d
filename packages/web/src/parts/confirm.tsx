import { useState } from 'react';

import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';
import { Modal } from './modal.tsx';

export interface Question {
  readonly title: string;
  readonly yes: string;
  readonly onYes: () => Promise<unknown>;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, yes, onYes, onClose }: Question & { readonly onClose: () => void }) {
  const words = useWords();
  const [isBusy, setIsBusy] = useState(false);
  return (
    <Modal title={title} onClose={onClose}>
      <div className="mt-3 flex justify-end gap-2">
        <button type="button" className="button-plain" onClick={onClose}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="button-danger"
          disabled={isBusy}
          onClick={async () => {
            setIsBusy(true);
            await attempt(onYes);
            onClose();
          }}
        >
          {yes}
        </button>
      </div>
    </Modal>
  );
}
