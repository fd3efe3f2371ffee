/** What a plugin of a shop with `items` items pushes: 5 post types, 6 taxonomies. */
export function createStructure(items: number) {
  const share = (percent: number) => Math.round((items * percent) / 100)
  const type = (label: string, percent: number) => ({ label, count: share(percent), enabled: true })
  const taxonomy = (label: string, postType: string, percent: number) => ({
    ...type(label, percent),
    post_types: [postType],
  })
  return {
    post_types: {
      post: type('Posts', 40),
      page: type('Pages', 5),
      product: type('Products', 50),
      portfolio: type('Projects', 4),
      faq: type('Questions', 1),
    },
    taxonomies: {
      category: taxonomy('Categories', 'post', 1),
      post_tag: taxonomy('Tags', 'post', 2),
      product_cat: taxonomy('Product categories', 'product', 1),
      product_tag: taxonomy('Product tags', 'product', 2),
      product_brand: taxonomy('Brands', 'product', 1),
      portfolio_category: taxonomy('Project categories', 'portfolio', 1),
    },
    plugin_connection_enabled: true,
    two_way_sync_enabled: true,
  }
}

type Structure = ReturnType<typeof createStructure>

/** The counts snapshot of a site whose every item is synced, as the column `counts_json` holds it. */
export function createCounts({ post_types, taxonomies }: Structure) {
  const map = <V>(types: Record<string, { count: number }>, make: (count: number) => V) =>
    Object.fromEntries(Object.entries(types).map(([slug, { count }]) => [slug, make(count)]))
  return {
    post_types: map(post_types, (count) => ({ synced: count, failed: 0, conflict: 0 })),
    taxonomies: map(taxonomies, (count) => ({ synced: count })),
  }
}
