import {
  type CommandContract,
  changeCommands,
  commandSchema,
  failed,
  forwardMessage,
  hideMessage,
  markDelivered,
  markRead,
  type Outcome,
  sendMessage,
} from '@parley/contracts';
import { z } from 'zod';

import type { HideCommands } from '../commands/hide-commands.ts';
import type { Delivered, MessageCommands } from '../commands/message-commands.ts';
import type { PositionCommands } from '../commands/position-commands.ts';

const Kind = z.object({ type: z.string() });
const Send = commandSchema(sendMessage);
const Forward = commandSchema(forwardMessage);
const Change = z.union(changeCommands.map((contract) => commandSchema(contract)));
const Hide = commandSchema(hideMessage);
const MarkRead = commandSchema(markRead);
const MarkDelivered = commandSchema(markDelivered);

export interface Handlers {
  readonly commands: MessageCommands;
  readonly positions: PositionCommands;
  readonly hiding: HideCommands;
}

/** Takes a command out of its record: parses what another deployment wrote, and hands it on. */
export function handleWith({ commands, positions, hiding }: Handlers) {
  const change = async (command: unknown, delivered: Delivered): Promise<Outcome> => {
    const parsed = Change.safeParse(command);
    return parsed.success ? commands.change(parsed.data, delivered) : failed('malformed');
  };
  const rows: Record<CommandContract['type'], (command: unknown, delivered: Delivered) => Promise<Outcome>> =
    {
      [sendMessage.type]: async (command, delivered) => {
        const parsed = Send.safeParse(command);
        return parsed.success ? commands.send(parsed.data, delivered) : failed('malformed');
      },
      ...Object.fromEntries(changeCommands.map(({ type }) => [type, change])),
      [forwardMessage.type]: async (command, delivered) => {
        const parsed = Forward.safeParse(command);
        return parsed.success ? commands.forward(parsed.data, delivered) : failed('malformed');
      },
      [hideMessage.type]: async (command) => {
        const parsed = Hide.safeParse(command);
        return parsed.success ? hiding.hide(parsed.data) : failed('malformed');
      },
      [markRead.type]: async (command) => {
        const parsed = MarkRead.safeParse(command);
        return parsed.success ? positions.markRead(parsed.data) : failed('malformed');
      },
      [markDelivered.type]: async (command) => {
        const parsed = MarkDelivered.safeParse(command);
        return parsed.success ? positions.markDelivered(parsed.data) : failed('malformed');
      },
    };
  return async (command: unknown, delivered: Delivered): Promise<Outcome> => {
    const kind = Kind.safeParse(command);
    const row = kind.success ? rows[kind.data.type] : undefined;
    return row ? row(command, delivered) : failed('malformed');
  };
}
