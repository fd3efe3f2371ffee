/** Where the plugin takes commands, below the REST root of a site. */
export const COMMANDS_ROUTE = 'igny8/v1/commands'

/** The REST root of a command endpoint that worked once; null where there is none. */
export function rootOfCommands(commandsUrl: string | null): string | null {
  return commandsUrl?.includes(COMMANDS_ROUTE) ? commandsUrl.replace(COMMANDS_ROUTE, '') : null
}
