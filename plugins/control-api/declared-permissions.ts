/** What others than the owner need to change something. */
export const permissionsOfApi = [
  { name: 'services.write', description: 'Starts, stops and restarts services' },
  { name: 'options.write', description: 'Changes options of the project' },
  { name: 'users.admin', description: 'Decides who may do what: users, permissions, tokens' },
] as const;
