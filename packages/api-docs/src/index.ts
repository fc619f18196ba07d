export { asyncApiDocument } from './asyncapi.ts';
export { openApiDocument } from './openapi.ts';
export { apiPage, apiPageStyle } from './page.ts';
