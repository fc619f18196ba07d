import { type EventNaming, serverEventNamed } from '@parley/contracts';

import { CHAT_NAMESPACE, type Frame, frameOf } from './frames.ts';

const NAME_START = `42${CHAT_NAMESPACE},["`.length;

/** What was renamed once is the same for everybody who gets it, for as long as the frame itself is kept. */
const renamed = new WeakMap<Frame, Frame>();

/** A frame as a socket with this naming hears it. The payload is not encoded again. */
export function frameIn(naming: EventNaming, frame: Frame): Frame {
  if (naming === 'snake_case') return frame;
  const known = renamed.get(frame);
  if (known !== undefined) return known;
  const { packet } = frame;
  const nameEnd = packet.indexOf('"', NAME_START);
  const name = packet.slice(NAME_START, nameEnd);
  const other = frameOf(
    `${packet.slice(0, NAME_START)}${serverEventNamed(naming, name)}${packet.slice(nameEnd)}`,
  );
  renamed.set(frame, other);
  return other;
}
