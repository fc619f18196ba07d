import { Cell, useCell } from './cell.ts';

/** Where in the app one is; every place has an address of its own. */
export type Place =
  | { readonly at: 'list' }
  | { readonly at: 'conversation'; readonly conversationId: string; readonly seq?: number }
  | { readonly at: 'invite'; readonly code: string };

const BASE = '/chat/';

export function placeOf(path: string): Place {
  const url = new URL(path, 'http://here');
  const [kind, id] = url.pathname.slice(BASE.length).split('/');
  if (kind === 'c' && id) {
    const seq = Number(url.searchParams.get('m') ?? 0);
    return { at: 'conversation', conversationId: id, ...(seq > 0 ? { seq } : {}) };
  }
  if (kind === 'join' && id) return { at: 'invite', code: id };
  return { at: 'list' };
}

export function pathOf(place: Place): string {
  if (place.at === 'conversation') {
    return `${BASE}c/${place.conversationId}${place.seq === undefined ? '' : `?m=${place.seq}`}`;
  }
  return place.at === 'invite' ? `${BASE}join/${place.code}` : BASE;
}

const here = () => location.pathname + location.search;
const place = new Cell<Place>(placeOf(here()));
addEventListener('popstate', () => place.set(placeOf(here())));

export function goTo(next: Place, { replace = false }: { readonly replace?: boolean } = {}): void {
  const path = pathOf(next);
  if (replace || path === here()) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  place.set(next);
}

export function usePlace(): Place {
  return useCell(place);
}
