import { expect, test } from 'vitest'
import { externalImages } from '../../../src/site/items/external-images.ts'

const POST = 'https://site.test/12/'

test('names the images that neither the site nor its library has, each once', () => {
  const body = `<img src="https://a.test/1.png?a=1&amp;b=2"> <IMG alt="a>b" src='//b.test/2.png'><img src=https://a.test/1.png?a=1&b=2>
    <img src="https://site.test/3.png"><img src="/4.png"><img class="wp-image-5" src="https://cdn.test/5.png"><img src="data:x">`
  expect(externalImages(body, POST)).toEqual(['https://a.test/1.png?a=1&b=2', 'https://b.test/2.png'])
  expect(externalImages(body, null)).toEqual([])
})

test('stays quick and short, whatever the body', () => {
  const start = performance.now()
  for (const piece of ['<img ', '<img src="', "<img '", '<img src=https://a.test/x>'])
    expect(externalImages(piece.repeat(250_000), POST).length).toBeLessThan(2)
  const many = Array.from({ length: 300 }, (_, n) => `<img src="https://a.test/${n}">`).join('')
  expect(externalImages(many, POST)).toHaveLength(50)
  expect(performance.now() - start).toBeLessThan(2000)
})
