import type { Namespace, Socket } from 'socket.io';

/*
 * What the library keeps for each socket that is never asked for here. A gateway's memory is its idle sockets, so
 * some kilobytes each are most of it.
 */

/** Feeds know who listens: no socket needs the room of its own that the library makes for each. */
export function withoutRooms(namespace: Namespace): Namespace {
  namespace.adapter.addAll = () => undefined;
  return namespace;
}

interface HandshakeKeeper {
  handshake: unknown;
  readonly conn: { request: unknown };
}

/** From here on nobody can ask how a socket came: its request, headers and token are let go. */
export function forgetHandshake(socket: Socket): void {
  const keeper = socket as unknown as HandshakeKeeper;
  keeper.handshake = undefined;
  keeper.conn.request = undefined;
}
