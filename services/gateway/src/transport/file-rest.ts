import { type fileRoutes, getFile } from '@parley/contracts';

import { edgeResultOf } from './edge-error.ts';
import { actingOf, type RestHandlers, type RestPorts } from './rest-contract.ts';

/** What files are. Their bytes come with a later issue. */
export function fileRest({ files, queries }: RestPorts): RestHandlers<keyof typeof fileRoutes> {
  return {
    registerFile: async (request) => files.register(request.body, actingOf(request)),

    getFile: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(getFile, { userId, fileId: params.id }, asking)),
  };
}
