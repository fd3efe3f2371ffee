import { expect, test } from 'vitest'
import { rootOfCommands } from '../../src/lib/commands-url.ts'

test.each([
  ['https://a.example/blog/wp-json/igny8/v1/commands', 'https://a.example/blog/wp-json/'],
  ['https://a.example/?rest_route=/igny8/v1/commands', 'https://a.example/?rest_route=/'],
  ['https://a.example/something/else', null],
  [null, null],
])('the REST root of %s is %s', (url, root) => {
  expect(rootOfCommands(url)).toBe(root)
})
