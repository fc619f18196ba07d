import { runService } from '@parley/service-kit';

import { messageModule } from './message.module.ts';

await runService(messageModule, process.env);
