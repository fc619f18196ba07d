import { LoaderCircle } from 'lucide-react';

import { useWords } from '../words/words.ts';

export function Spinner() {
  const words = useWords();
  return (
    <div role="status" className="flex items-center justify-center p-6 text-soft">
      <LoaderCircle aria-hidden className="animate-spin" />
      <span className="sr-only">{words.loading}</span>
    </div>
  );
}
