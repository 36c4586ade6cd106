/**
 * What plugins may ask of one another, by token. A plugin that exposes something declares it:
 *
 * @example
 * declare module 'devservices' { interface Contracts { mailbox: Mailbox } }
 * ctx.expose('mailbox', () => openMailbox());      // made on first use
 * const mailbox = await ctx.use('mailbox');        // in another plugin, or in a task
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface Contracts {}

/** The name by which something is exposed and asked for. */
// oxlint-disable-next-line typescript/no-redundant-type-constituents -- empty until a plugin declares one
export type ContractToken = keyof Contracts & string;
