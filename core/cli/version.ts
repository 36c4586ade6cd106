export { readVersion } from '../own-url.ts';
