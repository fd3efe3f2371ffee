<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Write\Applier;
use Igny8\Bridge\Content\Write\Change_Reader;
use Igny8\Bridge\Content\Write\Ledger;
use Igny8\Bridge\Content\Write\Result;
use Throwable;

/**
 * `apply`: one change of one post, once per command id.
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
			$result = $this->applier->apply( $change );
		} catch ( Throwable $error ) {
			$this->ledger->abandon( $command );
			throw $error;
		}
		if ( Result::STALE === $result->outcome() ) {
			// Nothing was written: a repeat may find the post as it expects it.
			$this->ledger->abandon( $command );
		} else {
			$this->ledger->finish( $command, $result );
		}
		return $result->to_array();
	}

	/**
	 * A post that was edited since then must not pass for what this command left: its sender would take the edit for
	 * something both sides had agreed on.
	 *
	 * @param array{post_id: int, created: bool, etag: string} $earlier
	 */
	private function again( array $earlier ): Result {
		$document = 0 === $earlier['post_id'] ? null : $this->documents->fresh( $earlier['post_id'] );
		$etag     = null === $document ? '' : (string) $document->etag();
		return $etag === $earlier['etag']
			? Result::applied( $document, $earlier['created'] )
			: Result::overtaken( $document );
	}
}
