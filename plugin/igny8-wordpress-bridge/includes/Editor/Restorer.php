<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Write\Acting_User;
use Igny8\Bridge\Content\Write\Change_Reader;
use Igny8\Bridge\Content\Write\Post_Writer;
use Igny8\Bridge\Content\Write\Stale_Write;

/**
 * Writes what a stale save replaced back into its post.
 */
final class Restorer {

	private Rows $rows;

	private Change_Reader $reader;

	private Post_Writer $writer;

	private Acting_User $acting_user;

	public function __construct( Rows $rows, Change_Reader $reader, Post_Writer $writer, Acting_User $acting_user ) {
		$this->rows        = $rows;
		$this->reader      = $reader;
		$this->writer      = $writer;
		$this->acting_user = $acting_user;
	}

	/**
	 * @param Document             $now  The post as it is.
	 * @param array<string, mixed> $ours Field => value of IGNY8.
	 * @throws Command_Failure As `apply`; also if the post is changed at this moment.
	 */
	public function restore( Document $now, array $ours ): void {
		$row = $this->rows->whole( [ $now->id() ] )[ $now->id() ] ?? null;
		// IGNY8 wrote these bytes before, on its signature. What the person may not decide stays as it is.
		if ( ! current_user_can( get_post_type_object( $now->type() )->cap->publish_posts ) ) {
			unset( $ours['status'], $ours['date'] );
		}
		$args = [
			'op'     => 'update',
			'type'   => $now->type(),
			'id'     => $now->id(),
			'expect' => $now->etag(),
			'fields' => self::nested( $ours ),
		];
		try {
			$this->acting_user->run(
				function () use ( $args, $row ): void {
					$this->writer->update( $this->reader->read( $args ), $row );
				}
			);
		} catch ( Stale_Write $stale ) {
			Command_Failure::raise( 'write_failed', __( 'The post was changed at the same moment. Try again.', 'igny8-wordpress-bridge' ), true );
		}
	}

	/**
	 * As the fields of `apply`.
	 */
	private static function nested( array $ours ): array {
		$fields = [];
		foreach ( $ours as $name => $value ) {
			list( $kind, $key ) = explode( '.', (string) $name, 2 ) + [ '', '' ];
			if ( '' === $key ) {
				$fields[ $kind ] = 'featured' === $kind && is_array( $value ) ? [ 'id' => (int) $value['id'] ] : $value;
			} else {
				$fields[ $kind ][ $key ] = $value;
			}
		}
		return $fields;
	}
}
