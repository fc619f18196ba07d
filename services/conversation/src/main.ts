import { runService } from '@parley/service-kit';

import { conversationModule } from './conversation.module.ts';

await runService(conversationModule, process.env);
