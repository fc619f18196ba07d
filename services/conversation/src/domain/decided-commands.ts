import {
  addMembers,
  blockPerson,
  changeRole,
  createInvite,
  defineCommand,
  dissolve,
  join,
  leave,
  removeMember,
  revokeInvite,
  startDirect,
  startGroup,
  transferOwnership,
  unblockPerson,
  updateConversation,
  UserId,
} from '@parley/contracts';
import { z } from 'zod';

/**
 * What the command room looks up for the rules: those named in the command of whom nobody has heard, and, of
 * those who are to be in a group, who has blocked whoever names them (`refusingIds`).
 */
const lookedUp = { unknownIds: z.array(UserId) };
/** Why a file may not be shown as the group's picture, where one is named that may not. */
const pictured = { pictureRefusal: z.enum(['file-not-found', 'file-of-another-kind']).optional() };
const invited = { ...lookedUp, refusingIds: z.array(UserId) };

/** The conversation's commands as its rules get them: as the contracts say, and with the facts that they need. */
export const decidedCommands = [
  defineCommand({ ...startDirect, input: startDirect.input.extend(lookedUp) }),
  defineCommand({ ...startGroup, input: startGroup.input.extend({ ...invited, ...pictured }) }),
  defineCommand({ ...addMembers, input: addMembers.input.extend(invited) }),
  removeMember,
  leave,
  changeRole,
  transferOwnership,
  defineCommand({ ...updateConversation, input: updateConversation.input.extend(pictured) }),
  dissolve,
  defineCommand({ ...blockPerson, input: blockPerson.input.extend(lookedUp) }),
  unblockPerson,
  createInvite,
  revokeInvite,
  join,
] as const;

export type DecidedCommandContract = (typeof decidedCommands)[number];
