import { MonitorSmartphone } from 'lucide-react';
import { useCallback } from 'react';

import { Spinner } from '../parts/spinner.tsx';
import { useLoaded } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { chat } from '../state/session.ts';
import { fullTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { Section } from './section.tsx';

/** Where the person is signed in, and the way to end that. */
export function DeviceList() {
  const words = useWords();
  const load = useCallback(() => chat.api.call('listDevices'), []);
  const { value, reload } = useLoaded(load);
  const end = (act: () => Promise<unknown>) => void attempt(act).then(reload);
  const devices = value?.data.toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent)) ?? [];
  return (
    <Section title={words.devices}>
      {value === undefined && <Spinner />}
      <ul>
        {devices.map(({ deviceId, name, isCurrent, signedInAt }) => (
          <li key={deviceId} className="flex items-center gap-3 py-1.5">
            <MonitorSmartphone size={22} aria-hidden className="shrink-0 text-soft" />
            <span className="min-w-0 grow">
              <span className="block truncate text-[15px]">{name}</span>
              <span className="block text-[13px] text-soft">
                {isCurrent ? words.thisDevice : words.signedInAt(fullTime(signedInAt, words))}
              </span>
            </span>
            {!isCurrent && (
              <button
                type="button"
                className="button-danger !px-3 !py-1.5 !text-[13px]"
                aria-label={`${words.signOut}: ${name}`}
                onClick={() => end(() => chat.api.call('endDevice', { params: { id: deviceId } }))}
              >
                {words.signOut}
              </button>
            )}
          </li>
        ))}
      </ul>
      {devices.length > 1 && (
        <button
          type="button"
          className="button-plain mt-2 w-full !py-2"
          onClick={() => end(() => chat.api.call('endOtherDevices'))}
        >
          {words.signOutOthers}
        </button>
      )}
    </Section>
  );
}
