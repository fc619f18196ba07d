import type { Socket } from 'socket.io';

/** One event from a client: its name, its first argument, and the number under which it wants an answer, if any. */
export interface Said {
  readonly name: string;
  readonly payload: unknown;
  readonly packetId: number | undefined;
}

/** Where the library takes in an event: the only way to learn its number, by which the fan-out can write the answer. */
interface EventTaker {
  onevent(packet: { readonly data?: readonly unknown[]; readonly id?: number }): void;
}

/**
 * Hears every event of a socket, before the library makes a callback, a list of listeners and a tick of its own of
 * it. A name that is no text is heard as none.
 */
export function listenTo(socket: Socket, hear: (said: Said) => void): void {
  (socket as unknown as EventTaker).onevent = ({ data: [name, payload] = [], id }) => {
    hear({ name: typeof name === 'string' ? name : '', payload, packetId: id });
  };
}
