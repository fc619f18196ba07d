import { blockRest } from './block-rest.ts';
import { changeRest } from './change-rest.ts';
import { conversationRest } from './conversation-rest.ts';
import { fileRest } from './file-rest.ts';
import { identityRest } from './identity-rest.ts';
import { inviteRest } from './invite-rest.ts';
import { messageRest } from './message-rest.ts';
import { ownViewRest } from './own-view-rest.ts';
import { presenceRest } from './presence-rest.ts';
import { stickerRest } from './sticker-rest.ts';
import { syncRest } from './sync-rest.ts';
import type { RestHandlers, RestPorts } from './rest-contract.ts';

/** What each route does. A route of the contract without a row does not compile. */
export function restHandlers(ports: RestPorts): RestHandlers {
  return {
    ...identityRest(ports),
    ...conversationRest(ports),
    ...inviteRest(ports),
    ...blockRest(ports),
    ...presenceRest(ports),
    ...ownViewRest(ports),
    ...messageRest(ports),
    ...changeRest(ports),
    ...fileRest(ports),
    ...stickerRest(ports),
    ...syncRest(ports),
  };
}
