<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Name;
use Igny8\Bridge\Acting\Writers;
use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Document_Maker;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Seo\Seo_Plugins;
use Igny8\Bridge\Content\Types;
use WP_User;

/**
 * Validates the fields of a change and converts them to what WordPress stores.
 */
final class Field_Reader {

	private const TEXTS = [
		'title'   => 'post_title',
		'body'    => 'post_content',
		'excerpt' => 'post_excerpt',
		'slug'    => 'post_name',
	];

	private const LONGEST_TERM = 200;

	private const MOST_TERMS = 500;

	private Types $types;

	private Meta_Keys $keys;

	public function __construct( Types $types, Meta_Keys $keys ) {
		$this->types = $types;
		$this->keys  = $keys;
	}

	/**
	 * @throws Command_Failure `invalid_field`, `parent_cycle`, `type_denied`.
	 */
	public function read_into( Change $change, array $fields ): void {
		$bytes = 0;
		foreach ( $fields as $name => $value ) {
			$name   = (string) $name;
			$bytes += is_string( $value ) ? strlen( $value ) : 0;
			if ( isset( self::TEXTS[ $name ] ) ) {
				$change->columns[ self::TEXTS[ $name ] ] = $this->text( $name, $value );
			} else {
				$this->read_other( $change, $name, $value );
			}
		}
		if ( $bytes > Document_Maker::LARGEST_BYTES ) {
			/* translators: %d: largest size in bytes. */
			Args::refuse( 'body', sprintf( __( 'A post can have at most %d bytes.', 'igny8-wordpress-bridge' ), Document_Maker::LARGEST_BYTES ) );
		}
	}

	/**
	 * @param mixed $value From JSON.
	 */
	private function read_other( Change $change, string $name, $value ): void {
		switch ( $name ) {
			case 'status':
				$this->status( $change, $value );
				break;
			case 'date':
				$this->date( $change, $value );
				break;
			case 'parent':
				$change->columns['post_parent'] = $this->parent( $change->id, $value );
				break;
			case 'author':
				$change->columns['post_author'] = $this->author( $change, $value );
				break;
			case 'terms':
				$this->terms( $change, $value );
				break;
			case 'meta':
				$this->meta( $change, $value );
				break;
			case 'seo':
				$this->seo( $change, $value );
				break;
			case 'featured':
				$this->featured( $change, $value );
				break;
			default:
				Args::refuse( $name, __( 'This field does not exist.', 'igny8-wordpress-bridge' ) );
		}
	}

	/**
	 * @param mixed $value From JSON.
	 */
	private function text( string $name, $value ): string {
		if ( ! is_string( $value ) ) {
			Args::refuse( $name, __( 'A string is required.', 'igny8-wordpress-bridge' ) );
		}
		return $value;
	}

	private function status( Change $change, $value ): void {
		if ( 'trash' === $value && 'untrash' !== $change->op ) {
			$change->ends_in_trash = true;
			return;
		}
		$status = is_string( $value ) ? get_post_status_object( $value ) : null;
		if ( ( null === $status || $status->internal ) && ! $this->has( $change->id, 'post_status', $value ) ) {
			Args::refuse( 'status', __( 'This site does not have this status.', 'igny8-wordpress-bridge' ) );
		}
		// "publish" of an attachment stands for `inherit` and needs no change.
		if ( Types::ATTACHMENT !== $change->type || 'publish' !== $value ) {
			$change->columns['post_status'] = $value;
		}
	}

	private function date( Change $change, $value ): void {
		$gmt = null === $value ? Gmt::NONE : Gmt::from_wire( $this->text( 'date', $value ) );
		if ( null === $gmt ) {
			Args::refuse( 'date', 'RFC 3339' );
		}
		$change->columns['post_date_gmt'] = $gmt;
		$change->columns['post_date']     = Gmt::NONE === $gmt ? current_time( 'mysql' ) : get_date_from_gmt( $gmt );
	}

	private function parent( int $id, $value ): int {
		if ( is_int( $value ) && $this->has( $id, 'post_parent', $value ) ) {
			return $value;
		}
		if ( ! is_int( $value ) || $value < 0 || ( $value > 0 && null === get_post( $value ) ) ) {
			Args::refuse( 'parent', __( 'This post does not exist.', 'igny8-wordpress-bridge' ) );
		}
		if ( $value > 0 && in_array( $id, array_merge( [ $value ], get_post_ancestors( $value ) ), true ) ) {
			Command_Failure::raise( 'parent_cycle', __( 'The parent is the post itself or one of its descendants.', 'igny8-wordpress-bridge' ) );
		}
		return $value;
	}

	/**
	 * A user id, or a login, an e-mail address or a name.
	 */
	private function author( Change $change, $value ): int {
		if ( is_int( $value ) && $this->has( $change->id, 'post_author', $value ) ) {
			return $value;
		}
		if ( is_string( $value ) && '' !== trim( $value ) ) {
			return $this->may_write( ( new Writers() )->find( trim( $value ) ), $value, $change->type );
		}
		$user = is_int( $value ) && $value > 0 ? get_userdata( $value ) : false;
		if ( false === $user ) {
			Args::refuse( 'author', __( 'This user does not exist.', 'igny8-wordpress-bridge' ) );
		}
		return $this->may_write( $user, User_Name::shown( $user ), $change->type );
	}

	private function may_write( ?WP_User $user, string $name, string $type ): int {
		if ( null === $user || ! user_can( $user, get_post_type_object( $type )->cap->edit_posts ) ) {
			/* translators: %s: name of a person. */
			Command_Failure::raise( 'author_not_found', 'author: ' . sprintf( __( 'This site has no user “%s” who may write posts of this type.', 'igny8-wordpress-bridge' ), $name ) );
		}
		return (int) $user->ID;
	}

	/**
	 * Whether the post has this value already: then it was sent back as it was shown, and needs no check.
	 *
	 * @param mixed $value Of the field.
	 */
	private function has( int $id, string $column, $value ): bool {
		$row = $id > 0 ? ( new Rows() )->whole( [ $id ] )[ $id ] ?? null : null;
		return null !== $row && is_scalar( $value ) && (string) $value === $row->$column;
	}

	private function terms( Change $change, $value ): void {
		$known = $this->types->taxonomies( $change->type );
		foreach ( is_array( $value ) ? $value : [ $value ] as $taxonomy => $texts ) {
			if ( ! in_array( (string) $taxonomy, $known, true ) ) {
				Args::refuse( "terms.$taxonomy", __( 'Posts of this type do not have this taxonomy.', 'igny8-wordpress-bridge' ) );
			}
			$this->types->check_allowed( 'taxonomies', (string) $taxonomy );
			$good = is_array( $texts ) ? array_filter( $texts, [ $this, 'is_term' ] ) : [];
			if ( ! is_array( $texts ) || $good !== $texts || count( $texts ) > self::MOST_TERMS ) {
				Args::refuse( "terms.$taxonomy", __( 'A list of names or slugs is required.', 'igny8-wordpress-bridge' ) );
			}
			$change->terms[ (string) $taxonomy ] = array_values( array_unique( $texts ) );
		}
	}

	private function is_term( $text ): bool {
		return is_string( $text ) && '' !== trim( $text ) && strlen( $text ) <= 4 * self::LONGEST_TERM;
	}

	private function meta( Change $change, $value ): void {
		$known = $this->keys->writable( $change->type );
		foreach ( is_array( $value ) ? $value : [ $value ] as $key => $content ) {
			if ( ! isset( $known[ $key ] ) ) {
				Args::refuse( "meta.$key", __( 'This meta key is not synced for this post type.', 'igny8-wordpress-bridge' ) );
			}
			$is_list = is_array( $content ) && array_values( $content ) === $content && ! in_array( null, $content, true );
			if ( null !== $content && ! $known[ $key ] && ! $is_list ) {
				Args::refuse( "meta.$key", __( 'A list of values is required.', 'igny8-wordpress-bridge' ) );
			}
			$change->meta[ $key ]   = $content;
			$change->single[ $key ] = $known[ $key ];
		}
	}

	/**
	 * Only the shape: whether the site's SEO plugin can store it is known once the post is read.
	 *
	 * @param mixed $value From JSON.
	 */
	private function seo( Change $change, $value ): void {
		foreach ( is_array( $value ) ? $value : [ $value ] as $field => $content ) {
			$name = "seo.$field";
			if ( in_array( $field, Seo_Plugins::TEXTS, true ) ) {
				$change->seo[ $field ] = $this->text( $name, $content );
			} elseif ( Seo_Plugins::PRIMARY === $field ) {
				$change->seo[ $field ] = null === $content ? '' : $this->text( $name, $content );
			} elseif ( Seo_Plugins::ROBOTS === $field ) {
				$change->seo[ $field ] = $this->directives( $name, $content );
			} else {
				Args::refuse( $name, __( 'This field does not exist.', 'igny8-wordpress-bridge' ) );
			}
		}
	}

	/**
	 * @param mixed $value From JSON.
	 * @return string[]
	 */
	private function directives( string $name, $value ): array {
		$good = is_array( $value ) ? array_filter( $value, [ $this, 'is_term' ] ) : [];
		if ( ! is_array( $value ) || $good !== $value || count( $value ) > self::MOST_TERMS ) {
			Args::refuse( $name, __( 'A list of directives is required.', 'igny8-wordpress-bridge' ) );
		}
		return array_values( array_unique( $value ) );
	}

	/**
	 * WordPress stores the featured image in a meta key.
	 */
	private function featured( Change $change, $value ): void {
		$id = is_array( $value ) ? ( $value['id'] ?? null ) : $value;
		if ( null !== $value && ( ! is_int( $id ) || Types::ATTACHMENT !== get_post_type( $id ) ) ) {
			Args::refuse( 'featured', __( 'The media library does not have this image.', 'igny8-wordpress-bridge' ) );
		}
		if ( is_array( $value ) && isset( $value['alt'] ) ) {
			$change->image_alt = $this->text( 'featured.alt', $value['alt'] );
		}
		$change->meta[ Meta_Keys::THUMBNAIL ]   = $id;
		$change->single[ Meta_Keys::THUMBNAIL ] = true;
	}
}
