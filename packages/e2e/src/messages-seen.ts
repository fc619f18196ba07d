import { wordsOf } from '@parley/contracts';
import { type Device, type Place, until } from '@parley/testing';

/** What one message says on a device, once it says that. */
export async function says(
  device: Device,
  place: Place,
  expected: { readonly seq: number; readonly text: string },
) {
  const textOf = () => {
    const message = device.messagesIn(place).find(({ seq }) => seq === expected.seq);
    return message && wordsOf(message.content);
  };
  await until({
    look: () => (textOf() === expected.text ? true : undefined),
    instead: () => `on ${device.name} number ${expected.seq} says ${JSON.stringify(textOf())}`,
  });
}
