/**
 * What a mail program would make a link of in a text: host names with a dot inside, schemes, addresses, two slashes.
 * Unicode's other dots count, since programs and browsers read them as one.
 */
export const LINKABLE = /[^\s.。][.\u2024\u3002\uFE52\uFF0E\uFF61](?=[^\s.。…])|[:/](?=[^\s…])|\\|@/u
