import { runService } from '@parley/service-kit';

import { presenceModule } from './presence.module.ts';

await runService(presenceModule, process.env);
