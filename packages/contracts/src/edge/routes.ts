import { blockRoutes } from './block-routes.ts';
import { changeRoutes } from './change-routes.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { inviteRoutes } from './invite-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { ownViewRoutes } from './own-view-routes.ts';
import { presenceRoutes } from './presence-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { stickerRoutes } from './sticker-routes.ts';
import { syncRoutes } from './sync.ts';

/** Every REST route. The gateway answers them by a table as long as this one. */
export const routes = {
  ...identityRoutes,
  ...conversationRoutes,
  ...inviteRoutes,
  ...blockRoutes,
  ...presenceRoutes,
  ...ownViewRoutes,
  ...messageRoutes,
  ...changeRoutes,
  ...fileRoutes,
  ...stickerRoutes,
  ...syncRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
