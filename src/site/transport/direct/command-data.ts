import { COMMAND_DATA, type CommandData, type CommandResult } from '../../../contract/link.ts'
import type { EvidenceStep } from '../../../contract/evidence.ts'
import { LinkError } from './errors.ts'

/**
 * The data of one command's result, checked. Throws LinkError `command_failed` where the plugin could not carry it out,
 * and `response_invalid` where the data is not what the protocol says.
 */
export function readCommandData<Name extends keyof CommandData>(
  name: Name,
  result: CommandResult | undefined,
  evidence: EvidenceStep[],
): CommandData[Name] {
  if (!result) throw new LinkError({ code: 'response_invalid', detail: `There is no result of ${name}.` }, evidence)
  if (!result.ok) {
    const detail = `The command ${name} failed on the site with ${result.code}${result.detail ? `: ${result.detail}` : ''}.`
    throw new LinkError({ code: 'command_failed', detail }, evidence)
  }
  const parsed = COMMAND_DATA[name].safeParse(result.data)
  if (parsed.success) return parsed.data as CommandData[Name]
  const issue = parsed.error.issues[0]
  const detail = `The data of ${name} is not as agreed: ${issue?.path.join('.')}: ${issue?.message}.`
  throw new LinkError({ code: 'response_invalid', detail }, evidence)
}
