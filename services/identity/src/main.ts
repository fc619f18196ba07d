import { runService } from '@parley/service-kit';

import { identityModule } from './identity.module.ts';

await runService(identityModule, process.env);
