interface SearchFieldProps {
  /** What is looked for: said aloud, and shown while nothing is written. */
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** In a small window of its own. */
  readonly isSmall?: boolean;
  /** Whether one may write at once where it appears. */
  readonly takesFocus?: boolean;
}

/** Where one writes what is to be found. */
export function SearchField({ label, text, onText, isSmall = false, takesFocus = true }: SearchFieldProps) {
  return (
    <input
      className={isSmall ? 'field !py-2' : 'field'}
      type="search"
      autoFocus={takesFocus}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => onText(event.target.value)}
    />
  );
}
