import type { ConversationView, Privacy } from '@parley/contracts';
import { type FormEvent, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { useListed } from '../panels/use-listed.ts';
import { textOf } from '../parts/form-text.ts';
import { Modal } from '../parts/modal.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';

const privacies = ['public', 'invite-only', 'private'] as const satisfies readonly Privacy[];
const switches = ['membersCanInvite', 'membersCanPin', 'readOnly'] as const;

/** What a group's own people decide about it. */
export default function GroupSettings({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const { value: listed } = useListed();
  return (
    <Modal title={words.groupSettings} onClose={onClose}>
      {listed === undefined ? <Spinner /> : <SettingsForm listed={listed} onClose={onClose} />}
    </Modal>
  );
}

interface SettingsFormProps {
  readonly listed: ConversationView;
  readonly onClose: () => void;
}

function SettingsForm({ listed, onClose }: SettingsFormProps) {
  const words = useWords();
  const { conversation } = useDesk();
  // As it was when the form was opened: what others change meanwhile is not overwritten by it.
  const [{ name, description, settings }] = useState(listed);
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const isOn = new FormData(form);
    const said = {
      name: textOf(form, 'name').trim(),
      description: textOf(form, 'description').trim(),
    };
    const chosen = {
      privacy: textOf(form, 'privacy') as Privacy,
      ...Object.fromEntries(switches.map((key) => [key, isOn.get(key) === 'on'])),
    };
    const changedSettings = changesOf(settings, chosen);
    const change = {
      ...changesOf({ name: name ?? '', description: description ?? '' }, said),
      ...(Object.keys(changedSettings).length === 0 ? {} : { settings: changedSettings }),
    };
    if (Object.keys(change).length === 0) return onClose();
    if (await attempt(() => conversation.group.update(change))) onClose();
    return undefined;
  };
  return (
    <form className="flex flex-col gap-4 pt-1" onSubmit={save}>
      <label className="flex flex-col gap-1 text-[14px] font-medium">
        {words.groupName}
        <input name="name" className="field" required maxLength={100} defaultValue={name ?? ''} />
      </label>
      <label className="flex flex-col gap-1 text-[14px] font-medium">
        {words.description}
        <textarea
          name="description"
          className="field"
          rows={3}
          maxLength={500}
          defaultValue={description ?? ''}
        />
      </label>
      <label className="flex flex-col gap-1 text-[14px] font-medium">
        {words.privacy}
        <select name="privacy" className="field" defaultValue={settings.privacy}>
          {privacies.map((privacy) => (
            <option key={privacy} value={privacy}>
              {words.privacies[privacy]}
            </option>
          ))}
        </select>
      </label>
      {switches.map((key) => (
        <label key={key} className="flex items-center justify-between gap-3 text-[15px]">
          {words[key]}
          <input name={key} type="checkbox" className="size-5 accent-accent" defaultChecked={settings[key]} />
        </label>
      ))}
      <button type="submit" className="button-main">
        {words.save}
      </button>
    </form>
  );
}

function changesOf(before: object, after: object): Record<string, unknown> {
  const known = Object.entries(before);
  const isNew = ([key, value]: readonly [string, unknown]) =>
    !known.some(([other, was]) => other === key && was === value);
  return Object.fromEntries(Object.entries(after).filter(isNew));
}
