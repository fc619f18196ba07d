import { blockPerson, type blockRoutes, listBlocks, unblockPerson } from '@parley/contracts';

import { edgeResultOf } from './edge-error.ts';
import { askPage } from './pages.ts';
import { actingOf, type RestHandlers, type RestPorts, writtenOf } from './rest-contract.ts';

/** Whom a person takes no direct messages from. */
export function blockRest({
  conversations,
  queries,
  cursors,
}: RestPorts): RestHandlers<keyof typeof blockRoutes> {
  return {
    listBlocks: async ({ identity: { userId }, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listBlocks, { ...asked, userId }, asking)),
      ),

    blockPerson: async (request) =>
      writtenOf(await conversations.actOnPerson(blockPerson, request.params.userId, actingOf(request))),

    unblockPerson: async (request) =>
      writtenOf(await conversations.actOnPerson(unblockPerson, request.params.userId, actingOf(request))),
  };
}
