const HUES = [212, 262, 330, 12, 32, 160, 188, 236, 290, 350] as const;

interface AvatarProps {
  readonly name: string;
  /** Whose it is: the colour stays with it, whatever the name becomes. */
  readonly id: string;
  readonly size?: 'small' | 'middle' | 'large';
  readonly isGroup?: boolean;
}

const sizes = {
  small: 'size-7 text-[11px]',
  middle: 'size-12 text-[16px]',
  large: 'size-24 text-[32px]',
} as const;

/** A face made of a name. */
export function Avatar({ name, id, size = 'middle', isGroup = false }: AvatarProps) {
  const hue = HUES[hashOf(id) % HUES.length] ?? 212;
  const style = {
    backgroundImage: `linear-gradient(150deg, oklch(0.62 0.15 ${hue}), oklch(0.5 0.16 ${hue + 20}))`,
  };
  const shape = isGroup ? 'rounded-[34%]' : 'rounded-full';
  return (
    <span
      aria-hidden
      style={style}
      className={`inline-flex shrink-0 items-center justify-center font-semibold text-white select-none ${shape} ${sizes[size]}`}
    >
      {initialsOf(name)}
    </span>
  );
}

/** The first letters of the first and of the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => firstLetter(word ?? '').toLocaleUpperCase()).join('');
}

const letters = new Intl.Segmenter();

function firstLetter(word: string): string {
  return letters.segment(word)[Symbol.iterator]().next().value?.segment ?? '';
}

function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}
