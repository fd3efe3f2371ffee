import { expect, test } from 'vitest'
import { titleText } from '../../src/components/title-text.ts'

test.each([
  ['Tulips &amp; roses', 'Tulips & roses'],
  ['It&#8217;s 5 &lt; 6 &hellip;', 'It’s 5 < 6 …'],
  ['  plain  ', 'plain'],
  ['AT&T', 'AT&T'],
  ['<script>x</script> &amp; <b>y</b>', '<script>x</script> & <b>y</b>'],
  ['&lt;img src=x onerror=alert(1)&gt;', '<img src=x onerror=alert(1)>'],
])('%s reads %s', (title, text) => {
  expect(titleText(title)).toBe(text)
})
