import { runService } from '@parley/service-kit';

import { gatewayModule } from './gateway.module.ts';

await runService(gatewayModule, process.env);
