import { type Line, layLine } from '@parley/testing';
import { describe, expect } from 'vitest';

import { terminalStory } from './terminal.ts';

const test = terminalStory.extend<{ line: Line }>({
  line: async ({ world }, use) => {
    const line = await layLine(world.gatewayUrl(0));
    await use(line);
    await line.close();
  },
});

describe('parley chat without a connection', () => {
  test('what is typed while the gateway is away is sent by the next start, once', async ({
    world,
    terminalOf,
    line,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.says('trước', { in: hanoi });
    const before = terminalOf(an, line.url);
    await before.opens('Hà Nội', 'you: trước ✓✓');
    line.cut();
    await before.sees('connection lost, trying again');
    before.types('một');
    before.types('hai');
    await before.sees('… sending: hai');
    before.types('/unsent');
    await before.sees('[Hà Nội] một …');
    expect(await before.leaves()).toBe(0);
    expect(before.lines).toContain('2 of your messages wait here until there is a connection.');

    line.mend();
    const after = terminalOf(an, line.url);
    await after.opens('Hà Nội', 'you: trước ✓✓');
    await expect(binh).toSee(['trước', 'một', 'hai'], { in: hanoi });
    after.types('/unsent');
    await after.sees('Everything is sent.');
    expect(await after.leaves()).toBe(0);

    const again = terminalOf(an, line.url);
    await again.opens('Hà Nội', 'you: hai ✓✓');
    expect(await again.leaves()).toBe(0);
    await expect(binh).toSee(['trước', 'một', 'hai'], { in: hanoi });
    expect((await an.history(hanoi)).length).toBe(3);
  });

  test('a terminal that knows both gateways goes on when one is gone', async ({
    world,
    terminalOf,
    line,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const terminal = terminalOf(an, `${line.url},${world.gatewayUrl(1)}`);
    await terminal.opens('Hà Nội', '· you created the group');
    line.cut();
    await terminal.sees('connected');
    terminal.types('em đây');
    await expect(binh).toSee(['em đây'], { in: hanoi });
    terminal.types('/devices');
    await terminal.sees('this one');
    expect(await terminal.leaves()).toBe(0);
  });
});
