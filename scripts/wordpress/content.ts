import { join } from 'node:path'
import { phpValue } from './config.ts'

/** How much of what to make. `categories` counts WordPress' own "Uncategorized" as well. */
export type ContentAmounts = {
  posts: number
  pages: number
  products: number
  categories: number
  tags: number
  productCategories: number
  productTags: number
}

/** The amounts of the product's own example. */
export const SAMPLE_CONTENT: ContentAmounts = {
  posts: 123,
  pages: 45,
  products: 67,
  categories: 12,
  tags: 89,
  productCategories: 15,
  productTags: 24,
}

/** Registers the type `product` with its taxonomies. */
export const PRODUCTS_MU_PLUGIN = join(import.meta.dirname, 'mu-plugins/igny8-products.php')

/** PHP that removes the posts there are (WordPress' own, or of a run that was cut short) and makes this content: published but for every tenth post, which is a draft. */
export const createContent = (amounts: ContentAmounts): string => `
  $amounts = ${phpValue(amounts)};
  wp_defer_term_counting( true );
  wp_suspend_cache_invalidation( true );
  foreach ( get_posts( array( 'post_type' => array( 'post', 'page', 'product' ), 'post_status' => 'any', 'numberposts' => -1 ) ) as $old ) {
    wp_delete_post( $old->ID, true );
  }
  wp_suspend_cache_invalidation( false );
  $terms = array();
  $wanted = array( 'category' => array( 'Category', $amounts['categories'] - 1 ), 'post_tag' => array( 'Tag', $amounts['tags'] ),
    'product_cat' => array( 'Product category', $amounts['productCategories'] ), 'product_tag' => array( 'Product tag', $amounts['productTags'] ) );
  foreach ( $wanted as $taxonomy => list( $name, $count ) ) {
    for ( $i = 1; $i <= $count; $i++ ) {
      $term = wp_insert_term( "$name $i", $taxonomy );
      if ( is_wp_error( $term ) && 'term_exists' === $term->get_error_code() ) { $term = array( 'term_id' => $term->get_error_data() ); }
      if ( is_wp_error( $term ) ) { fwrite( STDERR, $term->get_error_message() ); exit( 1 ); }
      $terms[ $taxonomy ][] = $term['term_id'];
    }
  }
  $pick = static function ( $taxonomy, $i ) use ( $terms ) {
    $ids = isset( $terms[ $taxonomy ] ) ? $terms[ $taxonomy ] : array();
    return $ids ? array_values( array_unique( array( $ids[ $i % count( $ids ) ], $ids[ ( 3 * $i ) % count( $ids ) ] ) ) ) : array();
  };
  $types = array( 'post' => array( 'Post', $amounts['posts'], array( 'category', 'post_tag' ) ), 'page' => array( 'Page', $amounts['pages'], array() ),
    'product' => array( 'Product', $amounts['products'], array( 'product_cat', 'product_tag' ) ) );
  foreach ( $types as $type => list( $name, $count, $taxonomies ) ) {
    for ( $i = 1; $i <= $count; $i++ ) {
      $id = wp_insert_post( array( 'post_type' => $type, 'post_author' => 1, 'post_title' => "$name $i",
        'post_status' => 'post' === $type && 0 === $i % 10 ? 'draft' : 'publish',
        'post_date' => gmdate( 'Y-m-d H:i:s', time() - HOUR_IN_SECONDS * ( $count - $i + 1 ) ),
        'post_excerpt' => "About $name $i.",
        'post_content' => "<!-- wp:paragraph --><p>This is the text of $name $i.</p><!-- /wp:paragraph -->" ) );
      foreach ( $taxonomies as $taxonomy ) { wp_set_object_terms( $id, $pick( $taxonomy, $i ), $taxonomy ); }
    }
  }
  wp_defer_term_counting( false );`
