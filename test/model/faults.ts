import type { Command } from '../../src/contract/link.ts'

/** A request before it is handled. `number` counts from 1. */
export interface SeenRequest {
  number: number
  method: string
  path: string
  /** Commands of a batch; empty for other requests. */
  commands: Command[]
}

/** `before`: nothing is done. `after`: everything is done, but the answer is lost. */
export type When = 'before' | 'after'

/** A fault that replaces or changes the answer to a request. */
export type Fault =
  /** The connection breaks. */
  | { kind: 'reset'; when: When }
  /** No answer: rejects when the caller gives up, or after `afterMs` of the injected clock. */
  | { kind: 'timeout'; when: When; afterMs?: number }
  /** Half of the answer, then the connection breaks. `isClean`: the connection ends normally. */
  | { kind: 'half_body'; isClean?: boolean }
  /** An HTML page with status 200, or JSON with other output around it. */
  | { kind: 'html' | 'captcha' | 'login'; when?: When }
  | { kind: 'trailing_html' | 'leading_notice' | 'empty' }
  | { kind: 'status'; status: number; retryAfter?: string | number; when?: When }
  /** Signed with another secret, not at all, or for another message. */
  | { kind: 'wrong_signature' | 'unsigned' | 'other_message' }
  /** A proxy delivers the request twice; the second answer arrives. */
  | { kind: 'doubled' }
  /** The caller sees a broken connection; the request arrives with `deliverLate()`. */
  | { kind: 'late' }
  | { kind: 'slow'; ms: number }
  | { kind: 'rest_error'; code: string; status: number }

/** What happens to one command of a batch. */
export type CommandFault =
  | { kind: 'error'; code: string; detail?: string; isRetryable?: boolean; when?: When }
  /**
   * PHP dies at this command: earlier work stays done, and the answer is an empty 500. `within`: the row of a post is
   * written, its terms and meta are not.
   */
  | { kind: 'die'; when: When | 'within' }
  /** Takes this long as the model counts time, so `time_ms` limits it. */
  | { kind: 'slow'; ms: number }
  /** Answers with these data, as a faulty plugin might. */
  | { kind: 'data'; data: unknown }

/** Decides about every request and every command; deterministic where the caller's randomness is. */
export interface Faults {
  request?: (request: SeenRequest) => Fault | null | undefined
  command?: (command: Command, request: SeenRequest) => CommandFault | null | undefined
}

export const PAGES = {
  html: '<!doctype html><html><head><title>Hello world</title></head><body><p>Just another page</p></body></html>',
  captcha:
    '<!doctype html><html><head><title>Robot Challenge Screen</title><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>',
  login:
    '<!doctype html><html><head><title>Log In</title></head><body class="login"><form id="loginform" action="/wp-login.php" method="post"><input type="text" name="log"><input type="password" name="pwd"></form></body></html>',
  trailing: '\n<!-- Cached by a page cache --><script src="/speed.js"></script>',
  notice: '<br />\n<b>Notice</b>:  Undefined index: x in <b>/wp-content/plugins/x.php</b> on line <b>7</b><br />\n',
  error:
    '<!doctype html><html><head><title>Error</title></head><body><p>There has been a critical error.</p></body></html>',
} as const
