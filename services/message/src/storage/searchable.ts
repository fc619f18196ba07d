import type { MessageContent } from '@parley/contracts';

export function hasAttachment(content: MessageContent): boolean {
  return 'attachments' in content;
}
