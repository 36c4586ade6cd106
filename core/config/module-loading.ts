/** What importing a module of the repo needs to know. */
export interface ModuleLoading {
  /** Where transformed modules are kept; made when needed, for this user only. */
  readonly cacheFolder: string;
  /** URL of the running library: what `devservices` means in the module. */
  readonly library: string;
}
