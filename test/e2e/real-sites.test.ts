import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { ApiError } from '../../scripts/lib/client.ts'
import { openAdmin } from './support/admin.ts'
import { openRealSite, type RealSite, type RealSiteOptions } from './support/real-site.ts'
import { startWorld, type World } from './support/world.ts'

/** What real sites do to a sync, from public bug reports. Each test is one such site. */
let world: World
let site: RealSite | undefined
beforeAll(async () => {
  world = await startWorld()
})
afterEach(async () => {
  await site?.stop()
  site = undefined
})
afterAll(() => world.stop())

async function open(options: RealSiteOptions): Promise<RealSite> {
  site = await openRealSite(world, options)
  return site
}

const insert = (post: string) => `wp_insert_post( wp_slash( array( ${post} ) ) );`

describe('T51 a write that another plugin interrupts', { timeout: 150_000 }, () => {
  test('is finished by the retry: terms and meta of a new post are on both sides', async () => {
    const { sync, create, item, php } = await open({
      mu: `add_action( 'save_post', function ( $id, $post ) {
        if ( 'Interrupted' === $post->post_title && ! get_option( 'once' ) ) { update_option( 'once', 1 ); exit; }
      }, 10, 2 );`,
    })
    await sync()
    const made = await create({
      title: 'Interrupted',
      terms: { category: ['News'], post_tag: ['a', 'b'] },
      meta: { _yoast_wpseo_title: 'SEO' },
    })
    await sync()
    await vi.waitFor(async () => expect((await item(made.id)).state).toBe('synced'), { timeout: 60_000, interval: 500 })
    const after = await item(made.id)
    expect(after.terms).toMatchObject({ category: ['News'], post_tag: expect.arrayContaining(['a', 'b']) })
    expect(after.meta).toMatchObject({ _yoast_wpseo_title: 'SEO' })
    const names = await php(
      `echo wp_json_encode( wp_get_object_terms( ${after.external_id}, array( 'category', 'post_tag' ), array( 'fields' => 'names' ) ) );`,
    )
    expect(JSON.parse(names)).toEqual(expect.arrayContaining(['News', 'a', 'b']))
    expect(await php(`echo count( get_posts( array( 'title' => 'Interrupted', 'post_status' => 'any' ) ) );`)).toBe('1')
  })
})

describe('T55 a post that a plugin duplicates with all its meta', () => {
  const copy = (
    id: string | null,
  ) => `$post = get_post( ${id}, ARRAY_A ); unset( $post['ID'], $post['guid'], $post['post_name'] );
    $copy = wp_insert_post( wp_slash( array( 'post_title' => 'Copy' ) + $post ) ); global $wpdb;
    $wpdb->query( "INSERT INTO $wpdb->postmeta ( post_id, meta_key, meta_value )
      SELECT $copy, meta_key, meta_value FROM $wpdb->postmeta WHERE post_id = ${id}" );
    echo get_post_meta( $copy, '_igny8_item_id', true );`

  test('is an item of its own: edits, deletions and repeats reach the post itself', async () => {
    const { sync, create, item, list, byTitle, patch, php, owner, content } = await open({})
    await sync()
    const made = await create({ title: 'Original' })
    await sync()
    const { external_id: id } = await item(made.id)
    expect(await php(copy(id))).toBe(made.id)
    expect((await sync()).status).toBe('succeeded')
    const copied = await byTitle('Copy')
    expect(copied).toMatchObject({ state: 'synced' })
    expect([copied.id, copied.external_id]).not.toEqual(expect.arrayContaining([made.id, id]))
    await patch(made.id, { title: 'Original, edited' })
    await sync()
    expect(await php(`echo get_post( ${id} )->post_title, get_post( ${copied.external_id} )->post_title;`)).toBe(
      'Original, editedCopy',
    )
    const statuses = `echo get_post_status( ${copied.external_id} ), get_post_status( ${id} ) ?: 'gone';`
    await owner.delete(`${content}${made.id}/`)
    expect((await sync()).status).toBe('succeeded')
    expect(await php(statuses)).toBe('publishtrash')
    await owner.delete(`${content}${made.id}/?permanently=true`)
    expect((await sync()).status).toBe('succeeded')
    expect((await list()).map(({ title }) => title)).toContain('Copy')
    expect(await php(statuses)).toBe('publishgone')
  })
})

describe('T52 text that cannot travel', () => {
  test('is refused with its path, and holds up nothing else', async () => {
    const { sync, create, item } = await open({})
    await sync()
    const refused = await create({ title: 'Cut \ud83d' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ status: 400, code: 'validation_error' })
    const good = await create({ title: 'Good' })
    expect((await sync()).status).toBe('succeeded')
    expect((await item(good.id)).state).toBe('synced')
  })
})

describe('T53 what WordPress can store is imported and listed', () => {
  test('a taxonomy with a Cyrillic name', async () => {
    const { sync, list } = await open({
      mu: `add_action( 'init', function () {
        register_post_type( 'product', array( 'public' => true, 'label' => 'Products' ) );
        register_taxonomy( 'pa_цвет', 'product', array( 'public' => true, 'label' => 'Цвет' ) );
      } );`,
      seed: `$chair = ${insert(`'post_type' => 'product', 'post_title' => 'Chair', 'post_status' => 'publish'`)}
        wp_set_object_terms( $chair, array( 'Красный' ), 'pa_цвет' );`,
    })
    expect((await sync()).status).toBe('succeeded')
    const items = await list()
    expect(items.find(({ title }) => title === 'Chair')?.terms).toEqual({ pa_цвет: ['Красный'] })
  })

  test('T56 dates before 1970, read and written', async () => {
    const { sync, byTitle, patch, item, php } = await open({
      seed: insert(
        `'post_title' => 'Old photo', 'post_status' => 'publish', 'post_content' => 'x', 'post_date' => '1912-05-01 12:00:00'`,
      ),
    })
    await sync()
    const old = await byTitle('Old photo')
    expect(old.date).toMatch(/^1912-05-01/)
    await php(`wp_update_post( array( 'ID' => ${old.external_id}, 'post_date' => '1915-05-01 12:00:00',
      'post_date_gmt' => '1915-05-01 12:00:00', 'edit_date' => true ) );`)
    await sync()
    expect((await item(old.id)).date).toMatch(/^1915-05-01/)
    await patch(old.id, { date: '1923-03-04T10:00:00Z' })
    await sync()
    expect(await item(old.id)).toMatchObject({ state: 'synced', date: expect.stringMatching(/^1923-03-04T10:00:00/) })
    expect(await php(`echo get_post( ${old.external_id} )->post_date_gmt;`)).toBe('1923-03-04 10:00:00')
  })
})

describe('T54 what an edit does not name stays byte for byte', () => {
  test('a template that went with its theme', async () => {
    const { sync, byTitle, patch, item, php } = await open({
      seed: `$page = ${insert(`'post_type' => 'page', 'post_title' => 'Landing', 'post_status' => 'publish', 'post_content' => 'x'`)}
        update_post_meta( $page, '_wp_page_template', 'templates/gone.php' );`,
    })
    await sync()
    const page = await byTitle('Landing')
    await patch(page.id, { title: 'Landing 2' })
    await sync()
    expect(await item(page.id)).toMatchObject({ state: 'synced', error: null })
    expect(await php(`echo get_post( ${page.external_id} )->post_title;`)).toBe('Landing 2')
    expect(await php(`echo get_post_meta( ${page.external_id}, '_wp_page_template', true );`)).toBe(
      'templates/gone.php',
    )
  })

  test('a number in meta that may be sent back as it was shown', async () => {
    const { sync, byTitle, patch, item, php } = await open({
      mu: `add_action( 'init', function () { register_post_meta( 'post', 'rating', array( 'type' => 'integer',
        'single' => true, 'show_in_rest' => true, 'sanitize_callback' => 'absint' ) ); } );`,
      seed: `$rated = ${insert(`'post_title' => 'Rated', 'post_status' => 'publish', 'post_content' => 'x'`)} update_post_meta( $rated, 'rating', 5 );`,
    })
    await sync()
    const rated = await byTitle('Rated')
    await patch(rated.id, { meta: { rating: '4' } })
    await sync()
    expect(await item(rated.id)).toMatchObject({ state: 'synced', error: null })
    expect(await php(`echo get_post_meta( ${rated.external_id}, 'rating', true );`)).toBe('4')
  })

  test('integers beyond 2^53 and fractions beside the value that was edited', async () => {
    const { sync, byTitle, patch, item, php } = await open({
      mu: `add_action( 'init', function () { register_post_meta( 'post', 'social', array( 'type' => 'object', 'single' => true,
        'show_in_rest' => array( 'schema' => array( 'type' => 'object', 'additionalProperties' => true ) ) ) ); } );`,
      seed: `$shared = ${insert(`'post_title' => 'Shared', 'post_status' => 'publish', 'post_content' => 'x'`)}
        update_post_meta( $shared, 'social', array( 'tweet_id' => 1161888007138312199, 'likes' => 3, 'share' => 1.0, 'ratio' => 0.1 ) );`,
    })
    await sync()
    const shared = await byTitle('Shared')
    await patch(shared.id, { meta: { social: { ...(shared.meta['social'] as object), likes: 4 } } })
    await sync()
    expect(await item(shared.id)).toMatchObject({ state: 'synced', error: null })
    const stored = await php(`var_export( get_post_meta( ${shared.external_id}, 'social', true ) === array(
      'tweet_id' => 1161888007138312199, 'likes' => 4, 'share' => 1.0, 'ratio' => 0.1 ) );`)
    expect(stored).toBe('true')
  })

  test('terms, although the site’s object cache is behind its database', async () => {
    const { sync, byTitle, patch, item, php, wordpress } = await open({
      seed: `copy( '${join(ROOT, 'test/e2e/support/object-cache.php')}', WP_CONTENT_DIR . '/object-cache.php' );
        wp_insert_term( 'Alpha', 'category' ); wp_insert_term( 'Beta', 'category' );
        $cached = ${insert(`'post_title' => 'Cached', 'post_content' => 'x', 'post_status' => 'publish'`)}
        wp_set_object_terms( $cached, array( 'Alpha' ), 'category' );`,
    })
    await sync()
    const cached = await byTitle('Cached')
    await (await fetch(`${wordpress.url}/?p=${cached.external_id}`)).text()
    await php(`global $wpdb; $beta = get_term_by( 'name', 'Beta', 'category' );
      $wpdb->query( "UPDATE $wpdb->term_relationships SET term_taxonomy_id = $beta->term_taxonomy_id WHERE object_id = ${cached.external_id}" );
      $wpdb->query( "UPDATE $wpdb->posts SET post_modified_gmt = '" . gmdate( 'Y-m-d H:i:s' ) . "' WHERE ID = ${cached.external_id}" );`)
    await sync()
    expect((await item(cached.id)).terms['category']).toEqual(['Beta'])
    await patch(cached.id, { excerpt: 'only this' })
    await sync()
    expect((await item(cached.id)).terms['category']).toEqual(['Beta'])
    const stored =
      await php(`global $wpdb; echo implode( ',', $wpdb->get_col( "SELECT t.name FROM $wpdb->term_relationships r
      JOIN $wpdb->term_taxonomy tt USING ( term_taxonomy_id ) JOIN $wpdb->terms t ON t.term_id = tt.term_id
      WHERE object_id = ${cached.external_id} AND taxonomy = 'category'" ) );`)
    expect(stored).toBe('Beta')
  })
})

describe('a field that the site alters on saving', () => {
  test('a link that opens a new window is published: what core adds on the way does not stop it', async () => {
    const { sync, create, item } = await open({})
    await sync()
    const made = await create({ title: 'Links', body: '<p><a href="https://other.example/" target="_blank">x</a></p>' })
    await sync()
    expect(await item(made.id)).toMatchObject({ state: 'synced', external_id: expect.any(String), error: null })
  })

  test('an emptied SEO description that the SEO plugin removes instead is emptied', async () => {
    const { sync, byTitle, patch, item, php } = await open({
      mu: `add_filter( 'update_post_metadata', function ( $check, $id, $key, $value ) {
          if ( '_yoast_wpseo_metadesc' === $key && '' === $value ) { delete_post_meta( $id, $key ); return true; } return $check;
        }, 10, 4 );
        add_filter( 'add_post_metadata', function ( $check, $id, $key, $value ) {
          return '_yoast_wpseo_metadesc' === $key && '' === $value ? true : $check; }, 10, 4 );`,
      seed: `$seo = ${insert(`'post_title' => 'Seo', 'post_status' => 'publish', 'post_content' => 'x'`)} update_post_meta( $seo, '_yoast_wpseo_metadesc', 'Old' );`,
    })
    await sync()
    const seo = await byTitle('Seo')
    await patch(seo.id, { meta: { _yoast_wpseo_metadesc: '' } })
    await sync()
    expect(await item(seo.id)).toMatchObject({ state: 'synced', error: null })
    expect(await php(`echo get_post_meta( ${seo.external_id}, '_yoast_wpseo_metadesc', true );`)).toBe('')
  })

  test('a title that a plugin rewrites names the field, both texts and the plugin', async () => {
    const { sync, create, item } = await open({
      mu: `add_filter( 'wp_insert_post_data', function ( $data ) { $data['post_title'] = ucwords( $data['post_title'] ); return $data; } );`,
    })
    await sync()
    const made = await create({ title: 'in lower case' })
    await sync()
    const { error } = await item(made.id)
    expect(error?.code).toBe('content_altered')
    expect(error?.detail).toContain('title')
    expect(error?.detail).toContain('in lower case')
    expect(error?.detail).toContain('In Lower Case')
    expect(error?.detail).toContain('neighbour.php')
    expect(error?.fix).not.toMatch(/utf8mb4/)
  })
})

describe('an open editor', () => {
  test('T57 a post that somebody has open is not written to; their save is a conflict with both texts', async () => {
    const { sync, byTitle, patch, item, php, wordpress } = await open({
      seed: insert(`'post_title' => 'Open', 'post_status' => 'publish', 'post_content' => 'one'`),
    })
    await sync()
    const post = await byTitle('Open')
    await php(`update_post_meta( ${post.external_id}, '_edit_lock', time() . ':1' );`)
    await patch(post.id, { body: 'from IGNY8' })
    await sync()
    expect(await php(`echo get_post( ${post.external_id} )->post_content;`)).toBe('one')
    await php(
      `wp_set_current_user( 1 ); wp_update_post( array( 'ID' => ${post.external_id}, 'post_content' => 'one and two' ) );`,
    )
    await vi.waitFor(
      async () => {
        await wordpress.cron()
        const after = await item(post.id)
        expect(after.state).toBe('conflict')
        expect(after.body).toBe('from IGNY8')
        expect(after.conflict?.wordpress?.body).toBe('one and two')
      },
      { timeout: 20_000, interval: 250 },
    )
  })
})

describe('neighbours', () => {
  test('T58 a page that a page builder renders takes no body from here', async () => {
    const { sync, byTitle, patch, item, wordpress } = await open({
      mu: `add_filter( 'the_content', function ( $content ) {
        return 'builder' === get_post_meta( get_the_ID(), '_elementor_edit_mode', true )
          ? '<div class="elementor">' . esc_html( json_decode( get_post_meta( get_the_ID(), '_elementor_data', true ) )[0]->settings->editor ) . '</div>' : $content; } );`,
      seed: `$built = ${insert(`'post_type' => 'page', 'post_title' => 'Built', 'post_status' => 'publish', 'post_content' => 'Old words'`)}
        update_post_meta( $built, '_elementor_edit_mode', 'builder' ); update_post_meta( $built, '_elementor_version', '4.2.3' );
        update_post_meta( $built, '_elementor_data', wp_slash( '[{"id":"a1","elType":"widget","widgetType":"text-editor","settings":{"editor":"Old words"}}]' ) );`,
    })
    await sync()
    const built = await byTitle('Built')
    const refused = await patch(built.id, { body: 'New words' }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 409, code: 'body_read_only' })
    await patch(built.id, { title: 'Built anew' })
    await sync()
    expect(await item(built.id)).toMatchObject({ state: 'synced', title: 'Built anew', body: 'Old words' })
    expect(await (await fetch(`${wordpress.url}/?page_id=${built.external_id}`)).text()).toContain('Old words')
  })

  test('a must-use copy beside the normal one: the second steps back and says so, and the site stays up', async () => {
    const { wordpress } = await open({})
    const folder = join(wordpress.root, 'wp-content/mu-plugins')
    cpSync(join(wordpress.root, 'wp-content/plugins/igny8-wordpress-bridge'), join(folder, 'igny8-wordpress-bridge'), {
      recursive: true,
      dereference: true,
    })
    writeFileSync(
      join(folder, 'igny8.php'),
      `<?php require __DIR__ . '/igny8-wordpress-bridge/igny8-wordpress-bridge.php';`,
    )
    const front = await fetch(`${wordpress.url}/`)
    expect(front.status).toBe(200)
    expect(await front.text()).toContain('</html>')
    const { html } = await (await openAdmin(wordpress.url)).open('/wp-admin/')
    expect(html).toContain('IGNY8 is installed twice.')
    expect(html).toMatch(
      /The copy in mu-plugins\/igny8-wordpress-bridge is in use; the one in \S*\/igny8-wordpress-bridge does nothing/,
    )
  })

  test('T59 a plugin that hides administrators does not leave new posts without an author', async () => {
    const { sync, create, item, php } = await open({
      mu: `add_action( 'pre_user_query', function ( $query ) { global $wpdb; $query->query_where .= " AND {$wpdb->users}.user_login <> 'admin'"; } );`,
    })
    await sync()
    const made = await create({ title: 'Whose' })
    await sync()
    const { external_id: id } = await item(made.id)
    expect(Number(await php(`echo get_post( ${id} )->post_author;`))).toBeGreaterThan(0)
  })

  test('a status that wp-admin does not count: no more are synced than there are', async () => {
    const { sync, contentTypes } = await open({
      mu: `add_action( 'init', function () { register_post_type( 'topic', array( 'public' => true, 'label' => 'Topics' ) );
        register_post_status( 'spam', array( 'label' => 'Spam', 'protected' => true, 'exclude_from_search' => true,
          'show_in_admin_status_list' => true, 'show_in_admin_all_list' => false ) ); } );`,
      seed:
        insert(`'post_type' => 'topic', 'post_title' => 'T', 'post_status' => 'publish'`) +
        insert(`'post_type' => 'topic', 'post_title' => 'S', 'post_status' => 'spam'`),
    })
    await sync()
    expect((await contentTypes()).post_types['topic']).toMatchObject({ count: 1, synced_count: 1 })
  })
})

describe('what the owner of a site decides', { timeout: 120_000 }, () => {
  test('without a trash, IGNY8 deletes nothing; a password marks its post; and a denied type is left alone', async () => {
    const { sync, byTitle, item, php, content, contentTypes, patch } = await open({
      mu: `define( 'EMPTY_TRASH_DAYS', 0 );`,
      seed:
        insert(`'post_title' => 'Guarded', 'post_status' => 'publish', 'post_password' => 'open-sesame'`) +
        insert(`'post_type' => 'page', 'post_title' => 'Mine', 'post_status' => 'publish'`),
    })
    await sync()
    const [guarded, mine] = [await byTitle('Guarded'), await byTitle('Mine')]
    expect(guarded).toMatchObject({ protected: true })
    expect(JSON.stringify(guarded)).not.toContain('open-sesame')
    const refused = await world.owner.delete(`${content}${guarded.id}/`).catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 409, code: 'trash_off' })
    expect(await php(`echo get_post( ${guarded.external_id} )->post_status;`)).toBe('publish')

    await php(`Igny8\\Bridge\\Plugin::instance()->settings->save_allowed( 'post_types', array( 'page' => false ) );
      wp_update_post( array( 'ID' => ${mine.external_id}, 'post_title' => 'Theirs alone' ) );`)
    expect((await sync()).status).toBe('succeeded')
    const types = (await contentTypes()).post_types
    expect(types['page']).toMatchObject({ enabled: false, decided_by: 'wordpress' })
    expect(types['post']).toMatchObject({ decided_by: 'default' })
    expect(await item(mine.id)).toMatchObject({ title: 'Mine', state: 'synced' })
    const edit = await patch(mine.id, { title: 'Ours' }).catch((error: unknown) => error)
    expect(edit).toMatchObject({ status: 409, code: 'type_denied' })
    await php(`Igny8\\Bridge\\Plugin::instance()->settings->save_allowed( 'post_types', array( 'page' => true ) );
      igny8_sync_site_structure_to_backend();`)
    await vi.waitFor(
      async () => expect(await item(mine.id)).toMatchObject({ title: 'Theirs alone', state: 'synced' }),
      {
        timeout: 30_000,
        interval: 250,
      },
    )
  })
})

describe('T60 the first minute', { timeout: 120_000 }, () => {
  test('a site that could not be called when it was activated is called at the first “Sync now”', async () => {
    const { sync } = await open({
      test: false,
      seed: insert(`'post_title' => 'Waiting', 'post_status' => 'publish', 'post_content' => 'x'`),
    })
    expect((await sync('both', 60_000)).status).toBe('succeeded')
  })
})
