<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Commands\Apply_Command;
use Igny8\Bridge\Content\Commands\Counts_Command;
use Igny8\Bridge\Content\Commands\Digest_Command;
use Igny8\Bridge\Content\Commands\Fetch_Command;
use Igny8\Bridge\Content\Commands\Index_Command;
use Igny8\Bridge\Content\Commands\Media_Command;
use Igny8\Bridge\Content\Commands\Terms_Command;
use Igny8\Bridge\Content\Media\Body_Images;
use Igny8\Bridge\Content\Media\Download;
use Igny8\Bridge\Content\Media\Library;
use Igny8\Bridge\Content\Media\Source_Url;
use Igny8\Bridge\Content\Write\Applier;
use Igny8\Bridge\Content\Write\Body_Maker;
use Igny8\Bridge\Content\Write\Change_Reader;
use Igny8\Bridge\Content\Write\Acting_User;
use Igny8\Bridge\Content\Write\Write_Verifier;
use Igny8\Bridge\Content\Write\Field_Reader;
use Igny8\Bridge\Content\Write\Ledger;
use Igny8\Bridge\Content\Write\Meta_Writer;
use Igny8\Bridge\Content\Write\Permissions;
use Igny8\Bridge\Content\Write\Post_Writer;
use Igny8\Bridge\Content\Write\Publishing_Rules;
use Igny8\Bridge\Content\Write\Seo_Writer;
use Igny8\Bridge\Content\Write\Term_Writer;
use Igny8\Bridge\Content\Write\Write_Log;
use Igny8\Bridge\Outbox\Recorder;
use Igny8\Bridge\Structure\Counter;
use Igny8\Bridge\Support\Settings;

/**
 * Builds the commands about content.
 */
final class Content_Commands {

	private Tables $tables;

	private Recorder $recorder;

	private Connection $connection;

	private Settings $settings;

	private User_Choice $acting_user;

	public function __construct( Tables $tables, Recorder $recorder, Connection $connection, Settings $settings, User_Choice $acting_user ) {
		$this->tables      = $tables;
		$this->recorder    = $recorder;
		$this->connection  = $connection;
		$this->settings    = $settings;
		$this->acting_user = $acting_user;
	}

	/**
	 * @return Command[]
	 */
	public function all(): array {
		$types          = new Types( $this->settings );
		$rows           = new Rows();
		$keys           = new Meta_Keys();
		$links          = new Item_Links( $this->connection );
		$related_data   = new Related_Data( $types, $keys, $links );
		$maker          = new Document_Maker( $links );
		$acting_user    = new Acting_User( $this->acting_user );
		$permissions    = new Permissions();
		$documents      = new Documents( $types, $rows, $related_data, $maker );
		$write_verifier = new Write_Verifier( $rows, new Post_Meta() );
		$writer         = new Post_Writer( $write_verifier, new Term_Writer( $write_verifier ), new Meta_Writer(), $links, new Publishing_Rules(), new Seo_Writer( $write_verifier ), $permissions );
		$library        = new Library( new Download( new Source_Url() ), new Post_Meta(), $acting_user, $permissions );
		$bodies         = new Body_Maker( new Body_Images( $library, $types ), new Open_Links( $links ) );
		$applier        = new Applier( $rows, $documents, $writer, $links, $acting_user, $this->recorder, new Write_Log(), new Stale_Saves(), $permissions, $bodies, new Open_Links( $links ) );
		$reader         = new Change_Reader( $types, new Field_Reader( $types, $keys ) );
		return [
			new Index_Command( $types, $rows, $documents ),
			new Fetch_Command( $documents, $types, $rows ),
			new Counts_Command( $types, new Counter( $rows ) ),
			new Digest_Command( $types, new Etags( $rows, $related_data, $maker ) ),
			new Terms_Command( $types, new Term_List() ),
			new Apply_Command( $this->tables, $reader, $applier, new Ledger(), $documents ),
			new Media_Command( $library, $types ),
		];
	}
}
