import { newId, newUuidV7 } from '@parley/contracts';
import { type Place, story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

const hoGuom = { lat: 21.0287, lng: 105.8524, name: 'Hồ Gươm' };

const sendIn = ({ conversationId }: Place) => ({ conversationId, clientMessageId: newUuidV7() });

describe('messages of every kind', () => {
  test('a place, a person and a call are told as what they are, live and in the history', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { conversationId } = hanoi;
    const send = () => ({ conversationId, clientMessageId: newUuidV7() });

    await an.api.call('sendLocation', { body: { ...send(), ...hoGuom } });
    await an.api.call('sendContact', { body: { ...send(), name: 'Chi', userId: binh.userId } });
    const { position } = await an.api.call('sendMessage', {
      body: { ...send(), type: 'CALL', media: 'video', outcome: 'missed' },
    });

    const said = [
      { type: 'location', ...hoGuom },
      { type: 'contact', name: 'Chi', userId: binh.userId },
      { type: 'call', media: 'video', outcome: 'missed' },
    ];
    await expect(binh).toSee(['', '', ''], { in: hanoi });
    expect(binh.device.messagesIn(hanoi).map(({ content }) => content)).toEqual(said);
    expect((await binh.history(hanoi, position)).map(({ content }) => content)).toEqual(said);
  });

  test('over a socket they go like texts, and a retry is the same message', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { conversationId } = await an.startsDirect(binh);
    const { connection } = an.device.chat;
    const body = { conversationId, clientMessageId: newUuidV7(), type: 'LOCATION' as const, ...hoGuom };

    const first = await connection.request('send_message', body);
    const again = await connection.request('send_message', body);

    expect(again).toEqual(first);
    expect(first.message.content).toEqual({ type: 'location', ...hoGuom });
    const elsewhere = connection.request('send_message', { ...body, lat: 10.8 });
    await expect(elsewhere).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  test('a sticker is sent by its id, and anybody can load its picture', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { conversationId } = hanoi;
    const { data: packs } = await an.api.call('listStickerPacks', {});
    const [pack] = packs;
    const hello = pack?.stickers.find(({ tags }) => tags.includes('xin chào'));
    if (pack === undefined || hello === undefined) throw new Error('nobody can say hello');
    expect(await an.api.call('getStickerPack', { params: { id: pack.packId } })).toEqual(pack);
    const body = (stickerId: string) => ({
      body: { conversationId, clientMessageId: newUuidV7(), stickerId },
    });

    const { position: minPosition } = await an.api.call('sendSticker', body(hello.stickerId));

    const counted = await binh.api.call('getStickerPack', { params: { id: pack.packId }, minPosition });
    const usesOf = (stickers: typeof counted.stickers) =>
      stickers.find(({ stickerId }) => stickerId === hello.stickerId)?.useCount ?? 0;
    expect(usesOf(counted.stickers)).toBeGreaterThan(usesOf(pack.stickers));

    await expect(binh).toSee([''], { in: hanoi });
    expect(binh.device.messagesIn(hanoi)[0]?.content).toEqual({
      type: 'sticker',
      stickerId: hello.stickerId,
    });
    const picture = await fetch(`${world.gatewayUrl(0)}${hello.picture}`);
    expect(picture.headers.get('content-type')).toContain('image/svg+xml');
    expect(await picture.text()).toMatch(/^<svg /);
    await expect(an.api.call('sendSticker', body(newId('stk')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('files in messages', () => {
  const picture = {
    name: 'hồ gươm.jpg',
    sizeBytes: 204_800,
    mediaType: 'image/jpeg',
    width: 800,
    height: 600,
  };

  test('a picture is sent once, and everybody there learns what it is', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsDirect(binh);
    const { fileId, ...file } = await an.api.call('registerFile', { body: picture });
    expect(file).toMatchObject({ ...picture, ownerId: an.userId, kind: 'image', isAttached: false });
    const body = { ...sendIn(hanoi), attachments: [{ fileId, caption: 'Hôm qua' }], content: 'Hồ Gươm' };

    const sent = await an.api.call('sendImage', { body });
    const again = await an.api.call('sendImage', { body });

    expect(again).toEqual(sent);
    await expect(binh).toSee(['Hồ Gươm'], { in: hanoi });
    const attachments = [{ fileId, caption: 'Hôm qua', ...picture }];
    expect(binh.device.messagesIn(hanoi)[0]?.content).toEqual({
      type: 'image',
      text: 'Hồ Gươm',
      attachments,
    });
    const seen = { params: { id: fileId }, minPosition: sent.position };
    expect(await binh.api.call('getFile', seen)).toMatchObject(picture);
    await expect(chi.api.call('getFile', seen)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('nobody sends the file of another, or one that another message has', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { fileId } = await an.api.call('registerFile', { body: picture });
    const send = () => ({ body: { ...sendIn(hanoi), attachments: [{ fileId }] } });

    await expect(binh.api.call('sendImage', send())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(an.api.call('sendVideo', send())).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await an.api.call('sendImage', send());
    await expect(an.api.call('sendImage', send())).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(an.device.messagesIn(hanoi)).toHaveLength(1);
  });

  test('a file of another leaves one’s own files free', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const own = await an.api.call('registerFile', { body: picture });
    const his = await binh.api.call('registerFile', { body: picture });
    const send = (...files: { readonly fileId: string }[]) => ({
      body: { ...sendIn(hanoi), attachments: files.map(({ fileId }) => ({ fileId })) },
    });

    await expect(an.api.call('sendImage', send(own, his))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await an.api.call('sendImage', send(own))).seq).toBe(2);
  });

  test('one key registers one file, and what is too large or of no good kind is refused', async ({
    world,
  }) => {
    const [an] = await world.people('An');
    const register = (body: object, idempotencyKey?: string) =>
      an.api.call('registerFile', {
        body: { ...picture, ...body },
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });

    const first = await register({}, 'anh');
    expect((await register({}, 'anh')).fileId).toBe(first.fileId);
    await expect(register({ name: 'khác.jpg' }, 'anh')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    await expect(register({ sizeBytes: 100 * 1024 * 1024 + 1 })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
    await expect(register({ mediaType: 'text/html' })).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA' });
    await expect(register({ name: '../../etc/passwd' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('answers, forwards and mentions', () => {
  test('an answer quotes what it answers, until that is deleted', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId, seq } = await an.says('Tối nay ăn gì?', { in: hanoi });
    const answer = { ...sendIn(hanoi), replyToId: messageId, content: 'Phở!' };

    const { message } = await binh.api.call('sendText', { body: answer });
    const replyTo = {
      messageId,
      seq,
      senderId: an.userId,
      preview: { type: 'text', text: 'Tối nay ăn gì?' },
    };
    expect(message.replyTo).toEqual(replyTo);
    await expect(an).toSee(['Tối nay ăn gì?', 'Phở!'], { in: hanoi });
    expect(an.device.messagesIn(hanoi)[1]?.replyTo).toEqual(replyTo);

    const { position } = await an.api.call('deleteMessage', { params: { id: messageId }, query: {} });
    const late = await binh.api.call('sendText', { body: { ...answer, ...sendIn(hanoi) } });
    expect(late.message.replyTo).toEqual({ ...replyTo, preview: null });
    const history = await binh.history(hanoi, position);
    expect(history[1]?.replyTo).toEqual({ ...replyTo, preview: null });
    await expect(an).toSee(['', 'Phở!', 'Phở!'], { in: hanoi });
    expect(an.device.messagesIn(hanoi)[1]?.replyTo?.preview).toBeNull();
  });

  test('a message of another conversation cannot be answered', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const [hanoi, hue] = [await an.startsDirect(binh), await an.startsGroup('Huế', { with: [binh] })];
    const { messageId } = await an.says('Ở Hà Nội', { in: hanoi });
    const answer = { ...sendIn(hue), replyToId: messageId, content: 'Ở Huế' };
    await expect(an.api.call('sendText', { body: answer })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a forward names its origin, is said once, and takes its picture along', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsDirect(binh);
    const hue = await binh.startsGroup('Huế', { with: [chi] });
    const saigon = await an.startsDirect(chi);
    const { fileId } = await an.api.call('registerFile', {
      body: { name: 'hồ gươm.jpg', sizeBytes: 1, mediaType: 'image/jpeg' },
    });
    const { message } = await an.api.call('sendImage', {
      body: { ...sendIn(hanoi), attachments: [{ fileId }] },
    });
    const forward = {
      params: { id: message.messageId },
      body: { conversationIds: [hue.conversationId, saigon.conversationId] },
      idempotencyKey: newUuidV7(),
    };

    const { data } = await binh.api.call('forwardMessage', forward);
    const again = await binh.api.call('forwardMessage', forward);

    expect(again.data[0]).toEqual(data[0]);
    const [there, elsewhere] = data;
    if (there?.ok !== true) throw new Error('it was not forwarded');
    const { messageId, conversationId, senderId, sentAt, content } = message;
    expect(there.message).toMatchObject({
      content,
      senderId: binh.userId,
      forwardedFrom: { messageId, conversationId, senderId, sentAt },
    });
    expect(elsewhere).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    await expect(chi).toSee([''], { in: hue });
    const position = `conv-${(await world.logOf(hue)).at(-1)?.position}`;
    const seen = await chi.api.call('getFile', { params: { id: fileId }, minPosition: position });
    expect(seen).toMatchObject({ name: 'hồ gươm.jpg' });
    await expect(
      chi.api.call('forwardMessage', { ...forward, body: { conversationIds: [hue.conversationId] } }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('members are mentioned by name, everybody by a moderator, others by nobody', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const mention = (who: object) => ({
      body: {
        ...sendIn(hanoi),
        content: '@Bình, ăn phở!',
        entities: [{ type: 'mention' as const, offset: 0, length: 5, ...who }],
      },
    });

    const { message } = await an.api.call('sendText', mention({ userId: binh.userId }));
    expect(message.mentions).toEqual([binh.userId]);
    expect((await an.api.call('sendText', mention({ all: true }))).message.mentions).toEqual(['all']);
    await expect(binh.api.call('sendText', mention({ all: true }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(an.api.call('sendText', mention({ userId: chi.userId }))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});
