/** What `serve` and its guard refuse. */
export const serverErrors = {};
