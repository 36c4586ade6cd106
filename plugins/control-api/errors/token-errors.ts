/** What is wrong with tokens, and with who asks for them. */
export const tokenErrors = {};
