import { type FormEvent, useState } from 'react';

import { textOf } from './parts/form-text.ts';
import { enter, type Standing } from './state/session.ts';
import { errorText } from './words/error-text.ts';
import { useWords } from './words/words.ts';

/** The way in: for who has an account, and for who opens one. */
export function SignInPage({ standing }: { readonly standing: Extract<Standing, { is: 'out' }> }) {
  const words = useWords();
  const [isNew, setIsNew] = useState(false);
  const { submit, error, isBusy } = useEntry(isNew);
  return (
    <main className="flex h-full items-center justify-center overflow-y-auto bg-canvas p-4">
      <form
        onSubmit={submit}
        className="flex w-full max-w-sm flex-col gap-4 rounded-3xl bg-surface p-7 shadow-float"
      >
        <header className="mb-1 flex flex-col items-center gap-2 text-center">
          <img src="/chat/icon.svg" alt="" width={64} height={64} />
          <h1 className="text-2xl font-bold">Parley</h1>
          <p className="text-soft">{words.tagline}</p>
        </header>
        {standing.because === 'ended' && <p role="alert">{words.sessionEnded}</p>}
        {isNew && <Field name="displayName" label={words.displayName} autoComplete="name" maxLength={60} />}
        <Field
          name="username"
          label={words.username}
          autoComplete="username"
          {...(isNew ? { hint: words.usernameHint } : {})}
        />
        <Field
          name="password"
          type="password"
          label={words.password}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          {...(isNew ? { hint: words.passwordHint } : {})}
        />
        {error !== undefined && (
          <p role="alert" className="text-[14px] text-danger">
            {errorText(error, words)}
          </p>
        )}
        <button type="submit" className="button-main" disabled={isBusy}>
          {isBusy ? words.signingIn : isNew ? words.register : words.signIn}
        </button>
        <p className="text-center text-[14px] text-soft">
          {isNew ? words.haveAccount : words.noAccount}{' '}
          <button
            type="button"
            className="font-semibold text-accent-ink hover:underline"
            onClick={() => setIsNew(!isNew)}
          >
            {isNew ? words.signIn : words.register}
          </button>
        </p>
      </form>
    </main>
  );
}

function useEntry(isNew: boolean) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => textOf(form, name);
    setIsBusy(true);
    setError(undefined);
    try {
      const credentials = { username: text('username').trim().toLowerCase(), password: text('password') };
      await enter(isNew ? { ...credentials, displayName: text('displayName') } : credentials);
    } catch (refusal) {
      setError(refusal);
      setIsBusy(false);
    }
  };
  return { submit, error, isBusy };
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete: string;
  readonly maxLength?: number;
}

function Field({ name, label, hint, type = 'text', ...rest }: FieldProps) {
  const hintId = `${name}-hint`;
  return (
    <label className="flex flex-col gap-1.5 text-[14px] font-medium">
      {label}
      <input
        name={name}
        type={type}
        required
        className="field font-normal"
        autoCapitalize="none"
        {...(hint === undefined ? {} : { 'aria-describedby': hintId })}
        {...rest}
      />
      {hint !== undefined && (
        <span id={hintId} className="text-[12px] font-normal text-soft">
          {hint}
        </span>
      )}
    </label>
  );
}
