/**
 * What plugins may ask of one another, by token. A plugin that exposes something declares it:
 *
 * @example
 * declare module 'devservices' { interface Contracts { mailbox: Mailbox } }
 * ctx.expose('mailbox', () => openMailbox());      // made on first use
 * const mailbox = await ctx.use('mailbox');        // in another plugin, or in a task
 */
export interface Contracts {
  /** Asked by whatever acts for somebody else, over HTTP for one; who owns the files needs no leave. */
  authorizer: {
    /** Whether a user, by name as `permissions` finds them, may do what a permission stands for. */
    allows(user: string, permission: string): Promise<boolean>;
  };
}

/**
 * Fields of services that plugins bring (`serviceFields` of a plugin is what checks them); a plugin that
 * reads one declares it.
 *
 * @example declare module 'devservices' { interface ServiceFields { backup?: { every: string } } }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- core has none of its own; plugins add to it
export interface ServiceFields {}
