<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Documents;

/**
 * `fetch`: returns posts by id.
 */
final class Fetch_Command implements Command {

	private const MOST = 100;

	private Documents $documents;

	public function __construct( Documents $documents ) {
		$this->documents = $documents;
	}

	public function name(): string {
		return 'fetch';
	}

	public function run( array $args, Context $context ): array {
		$ids  = ( new Args( $args ) )->ids( 'ids', self::MOST );
		$read = $this->documents->read( $ids, true, $context );
		return [
			'items'   => array_map(
				static function ( Document $document ): array {
					return $document->to_array();
				},
				array_values( $read['documents'] )
			),
			'missing' => array_values( array_diff( array_slice( $ids, 0, $read['reached'] ), array_keys( $read['documents'] ) ) ),
		];
	}
}
