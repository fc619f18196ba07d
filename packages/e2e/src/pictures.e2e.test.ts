import type { FileId } from '@parley/contracts';
import { type Person, type Place, story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

const jpeg = { name: 'hồ gươm.jpg', sizeBytes: 1_000, mediaType: 'image/jpeg' };
const pdf = { name: 'hóa đơn.pdf', sizeBytes: 1_000, mediaType: 'application/pdf' };

const register = async (person: Person, body: typeof jpeg) =>
  (await person.api.call('registerFile', { body })).fileId;
const show = (person: Person, { conversationId }: Place, avatarFileId: FileId | null) =>
  person.api.call('updateConversation', { params: { id: conversationId }, body: { avatarFileId } });
const file = (person: Person, id: FileId, minPosition?: string) =>
  person.api.call('getFile', { params: { id }, ...(minPosition === undefined ? {} : { minPosition }) });
const nothing = { code: 'NOT_FOUND', message: 'There is no such file.' };

describe('the picture of a group', () => {
  test('is seen by whoever is in it, as long as it is its picture', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const picture = await register(an, jpeg);
    await expect(file(binh, picture)).rejects.toMatchObject(nothing);

    const { position, avatarFileId } = await show(an, hanoi, picture);
    expect(avatarFileId).toBe(picture);
    expect(await file(binh, picture, position)).toMatchObject({ fileId: picture, name: jpeg.name });
    await expect(file(chi, picture, position)).rejects.toMatchObject(nothing);

    const { position: without } = await show(an, hanoi, null);
    await expect(file(binh, picture, without)).rejects.toMatchObject(nothing);
  });

  test('is one’s own, and a picture', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const [ofBinh, invoice] = [await register(binh, jpeg), await register(an, pdf)];
    const nobodys = 'fil_00000000000000000000000001' as FileId;

    for (const avatarFileId of [ofBinh, nobodys]) {
      await expect(show(an, hanoi, avatarFileId)).rejects.toMatchObject(nothing);
      const body = { name: 'Huế', memberIds: [], avatarFileId };
      await expect(an.api.call('startGroup', { body })).rejects.toMatchObject(nothing);
    }
    await expect(show(an, hanoi, invoice)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { reason: 'file-of-another-kind' },
    });
    // Who may change nothing is told that, whatever they would show.
    await expect(show(binh, hanoi, ofBinh)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
