import { runService } from '@parley/service-kit';

import { fileModule } from './file.module.ts';

await runService(fileModule, process.env);
