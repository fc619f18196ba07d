import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

describe('the interface describes itself', () => {
  test('as documents for machines', async ({ world }) => {
    const openApi = await fetch(`${world.gatewayUrl(0)}/openapi.json`);
    expect(openApi.headers.get('content-type')).toContain('application/json');
    expect(await openApi.json()).toMatchObject({ openapi: '3.1.0' });
    const asyncApi = await fetch(`${world.gatewayUrl(1)}/asyncapi.json`);
    expect(await asyncApi.json()).toMatchObject({ asyncapi: '3.1.0' });
  });

  test('and as a page for people, with a style of its own and no script', async ({ world }) => {
    const page = await fetch(`${world.gatewayUrl(0)}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('POST /conversations/messages');
    const style = await fetch(`${world.gatewayUrl(0)}/docs/style.css`);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });
});
