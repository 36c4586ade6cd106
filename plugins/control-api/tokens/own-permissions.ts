/** What the routes of this plugin ask of whoever changes something. */
export const ownPermissions = [
  { name: 'services.write', description: 'Starts, stops and restarts services by the API' },
  { name: 'options.write', description: 'Changes options of the project by the API' },
  {
    name: 'users.admin',
    description: 'Decides by the API who may do what: users, permissions and tokens',
  },
] as const;
