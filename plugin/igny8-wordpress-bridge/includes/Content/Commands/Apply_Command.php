<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Write\Applier;
use Igny8\Bridge\Content\Write\Change_Reader;
use Igny8\Bridge\Content\Write\Ledger;
use Igny8\Bridge\Content\Write\Result;
use Throwable;

/**
 * `apply`: changes one post, once per command id.
 */
final class Apply_Command implements Command {

	private Tables $tables;

	private Change_Reader $reader;

	private Applier $applier;

	private Ledger $ledger;

	private Documents $documents;

	public function __construct( Tables $tables, Change_Reader $reader, Applier $applier, Ledger $ledger, Documents $documents ) {
		$this->tables    = $tables;
		$this->reader    = $reader;
		$this->applier   = $applier;
		$this->ledger    = $ledger;
		$this->documents = $documents;
	}

	public function name(): string {
		return 'apply';
	}

	public function run( array $args, Context $context ): array {
		$this->tables->ensure();
		$change  = $this->reader->read( $args );
		$command = $context->command_id();
		$earlier = $this->ledger->begin( $command );
		if ( null !== $earlier ) {
			return $this->again( $earlier )->to_array();
		}

		try {
			$result = $this->applier->apply( $change, $context );
		} catch ( Throwable $error ) {
			$this->ledger->abandon( $command );
			throw $error;
		}
		if ( Result::STALE === $result->outcome() ) {
			// Nothing was written, so a repeat of the command must be compared with the post again.
			$this->ledger->abandon( $command );
		} else {
			$this->ledger->finish( $command, $result );
		}
		return $result->to_array();
	}

	/**
	 * Answers a repeat of an applied command. If the post was edited since, the answer is `stale`: otherwise IGNY8
	 * would take the edit for a version that both sides have.
	 *
	 * @param array{post_id: int, created: bool, etag: string} $earlier
	 * @throws Command_Failure `post_left_alone`.
	 */
	private function again( array $earlier ): Result {
		// Without a document, IGNY8 would take the post for deleted.
		( new Left_Alone() )->check( $earlier['post_id'] );
		$document = 0 === $earlier['post_id'] ? null : $this->documents->fresh( $earlier['post_id'] );
		$etag     = null === $document ? '' : (string) $document->etag();
		return $etag === $earlier['etag']
			? Result::applied( $document, $earlier['created'] )
			: Result::overtaken( $document );
	}
}
