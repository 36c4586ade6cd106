export type * from '../client.ts';
export { ApiError } from './api-error.ts';
export { createHttpClient, type HttpClientOptions } from './over-http.ts';
