import { NoticeList } from './parts/notice-list.tsx';
import { Spinner } from './parts/spinner.tsx';
import { Shell } from './shell.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { useCell } from './state/cell.ts';
import { standing, takeOver } from './state/session.ts';
import { useWords } from './words/words.ts';

/** By where this tab stands: the way in, or everything else. */
export function App() {
  const now = useCell(standing);
  return (
    <>
      {now.is === 'starting' && <Spinner />}
      {now.is === 'out' && <SignInPage standing={now} />}
      {now.is === 'elsewhere' && <Elsewhere />}
      {now.is === 'in' && <Shell />}
      <NoticeList />
    </>
  );
}

function Elsewhere() {
  const words = useWords();
  return (
    <main className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center">
      <img src="/chat/icon.svg" alt="" width={64} height={64} />
      <h1 className="text-xl font-bold">{words.elsewhereTitle}</h1>
      <p className="text-soft">{words.elsewhereText}</p>
      <button type="button" className="button-main" onClick={() => void takeOver()}>
        {words.useHere}
      </button>
    </main>
  );
}
