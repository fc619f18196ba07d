import { type fileRoutes, newUuidV7 } from '@parley/contracts';

import { type Ask, everyMember, type Row } from './rows.ts';

/** A file in a message of somebody who is in, once the read models have it. */
const aFile: Ask = async (_, { cast: { target }, conversationId }) => {
  const { fileId } = await target.api.call('registerFile', {
    body: { name: 'hồ gươm.jpg', sizeBytes: 1, mediaType: 'image/jpeg' },
  });
  const body = { conversationId, clientMessageId: newUuidV7(), attachments: [{ fileId }] };
  const { message, position } = await target.api.call('sendImage', { body });
  await target.api.call('getMessage', { params: { id: message.messageId }, minPosition: position });
  await target.api.call('getFile', { params: { id: fileId } });
  return { params: { id: fileId } };
};

/** Who may do what to files. A route without a row does not compile. */
export const fileRows: { readonly [Name in keyof typeof fileRoutes]: readonly Row[] } = {
  registerFile: [{ place: 'nowhere', why: 'anybody may, for themselves' }],
  getFile: [
    { place: 'group', ask: aFile, changes: false, cells: everyMember('ok') },
    { place: 'direct', ask: aFile, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
  ],
};
