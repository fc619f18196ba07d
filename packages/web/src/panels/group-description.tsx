import { useListed } from './use-listed.ts';

export function GroupDescription() {
  const { value } = useListed();
  if (!value?.description) return null;
  return (
    <p className="max-w-full text-[14px] break-words whitespace-pre-wrap text-soft">{value.description}</p>
  );
}
