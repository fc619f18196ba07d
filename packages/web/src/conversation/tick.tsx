import type { MessageStatus } from '@parley/client';
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';

import { useWords } from '../words/words.ts';

/** How far an own message has come. */
export function Tick({ status }: { readonly status: MessageStatus }) {
  const words = useWords();
  if (status === 'received') return null;
  const looks = {
    sending: { icon: Clock, className: '' },
    failed: { icon: CircleAlert, className: 'text-danger' },
    sent: { icon: Check, className: '' },
    delivered: { icon: CheckCheck, className: '' },
    read: { icon: CheckCheck, className: 'text-sky-300' },
  } as const;
  const { icon: Icon, className } = looks[status];
  return <Icon size={14} strokeWidth={2.6} role="img" aria-label={words[status]} className={className} />;
}
