import { LogOut } from 'lucide-react';
import { type FormEvent, useCallback } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import { textOf } from '../parts/form-text.ts';
import { Modal } from '../parts/modal.tsx';
import { unblock, blocked } from '../state/blocked.ts';
import { useCell } from '../state/cell.ts';
import { useLoaded } from '../state/hooks.ts';
import { attempt, notify } from '../state/notices.ts';
import { type Language, prefer, preferences, type Theme } from '../state/preferences.ts';
import { chat, leave } from '../state/session.ts';
import { useWords } from '../words/words.ts';
import { DeviceList } from './device-list.tsx';
import { Section } from './section.tsx';

const themes = ['system', 'light', 'dark'] as const satisfies readonly Theme[];
const languages = { en: 'English', vi: 'Tiếng Việt' } as const satisfies Record<Language, string>;

/** What a person decides for themselves, and where they are signed in. */
export default function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  return (
    <Modal title={words.settings} onClose={onClose}>
      <Profile />
      <Appearance />
      <Privacy />
      <DeviceList />
      <BlockedPeople />
      <button type="button" className="button-danger mt-6 w-full" onClick={() => void leave()}>
        <LogOut size={18} aria-hidden />
        {words.signOut}
      </button>
    </Modal>
  );
}

function Profile() {
  const words = useWords();
  const load = useCallback(() => chat.api.call('getMe'), []);
  const { value: me } = useLoaded(load);
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const displayName = textOf(event.currentTarget, 'displayName').trim();
    if (await attempt(() => chat.api.call('changeMe', { body: { displayName } }))) notify(words.saved);
  };
  return (
    <Section title={words.profile}>
      <form className="flex items-center gap-3" onSubmit={save}>
        <Avatar name={me?.displayName ?? ''} id={me?.userId ?? ''} />
        <input
          key={me?.userId}
          name="displayName"
          className="field"
          required
          maxLength={60}
          aria-label={words.displayName}
          defaultValue={me?.displayName ?? ''}
        />
        <button type="submit" className="button-plain">
          {words.save}
        </button>
      </form>
      {me !== undefined && <p className="pt-1 pl-16 text-[13px] text-soft">@{me.username}</p>}
    </Section>
  );
}

function Appearance() {
  const words = useWords();
  const { theme, language } = useCell(preferences);
  return (
    <Section title={words.appearance}>
      <label className="flex items-center justify-between gap-3 py-1 text-[15px]">
        {words.theme}
        <select
          className="field !w-44 !py-1.5"
          value={theme}
          onChange={(event) => prefer({ theme: event.target.value as Theme })}
        >
          {themes.map((one) => (
            <option key={one} value={one}>
              {words.themes[one]}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center justify-between gap-3 py-1 text-[15px]">
        {words.language}
        <select
          className="field !w-44 !py-1.5"
          value={language}
          onChange={(event) => prefer({ language: event.target.value as Language })}
        >
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Section>
  );
}

function Privacy() {
  const words = useWords();
  const load = useCallback(() => chat.api.call('getSettings'), []);
  const { value: settings, reload } = useLoaded(load);
  if (settings === undefined) return null;
  return (
    <Section title={words.privacySettings}>
      <label className="flex items-center justify-between gap-3 py-1 text-[15px]">
        {words.readReceipts}
        <input
          type="checkbox"
          className="size-5 accent-accent"
          checked={settings.readReceipts}
          onChange={(event) =>
            void attempt(() => chat.changeSettings({ readReceipts: event.target.checked })).then(reload)
          }
        />
      </label>
    </Section>
  );
}

function BlockedPeople() {
  const words = useWords();
  const people = useCell(blocked);
  return (
    <Section title={words.blockedPeople}>
      {people.length === 0 && <p className="text-[14px] text-soft">{words.nobodyBlocked}</p>}
      <ul>
        {people.map(({ userId, displayName }) => (
          <li key={userId} className="flex items-center gap-3 py-1">
            <Avatar name={displayName} id={userId} size="small" />
            <span className="min-w-0 grow truncate text-[15px]">{displayName}</span>
            <button
              type="button"
              className="button-plain !px-3 !py-1.5 !text-[13px]"
              onClick={() => void attempt(() => unblock(userId))}
            >
              {words.unblock}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
