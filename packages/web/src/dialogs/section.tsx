import type { ReactNode } from 'react';

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="border-b border-line py-4 first:pt-1">
      <h3 className="pb-2 text-[13px] font-semibold text-soft">{title}</h3>
      {children}
    </section>
  );
}
