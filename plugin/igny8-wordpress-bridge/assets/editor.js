/**
 * In the block editor and the classic one: tells what this editor knows of IGNY8's writes with each save, and says so
 * when IGNY8 has a newer version. Asks with WordPress' Heartbeat, when the tab is looked at again, and after each save.
 */
( function ( $, facts ) {
	'use strict';

	if ( ! facts ) {
		return;
	}

	var strings = facts.strings;
	var nonce = facts.state.nonce;
	var state = facts.state;
	/** The newest of IGNY8's writes that the person has chosen to replace. */
	var keep = 0;
	var shown = '';
	var askedAt = 0;
	var failures = 0;
	var isLeaving = false;
	var view = facts.block ? blockView() : classicView();

	/** WordPress asks before unsaved text is left. The server has it by then. */
	window.addEventListener(
		'beforeunload',
		function ( event ) {
			if ( isLeaving ) {
				event.stopImmediatePropagation();
			}
		},
		true
	);

	function ask( what, more ) {
		var form = new FormData();
		var fields = Object.assign( { action: facts.action, do: what, post: facts.post, seen: facts.seen, nonce: nonce }, more );
		Object.keys( fields ).forEach( function ( name ) {
			form.append( name, fields[ name ] );
		} );
		return window
			.fetch( facts.url, { method: 'POST', credentials: 'same-origin', body: form } )
			.then( function ( response ) {
				return response.json();
			} )
			.then( function ( answer ) {
				if ( ! answer || ! answer.success ) {
					throw new Error( ( answer && answer.data && answer.data.message ) || strings.failed );
				}
				return answer.data;
			} );
	}

	/** Asks whether there is news; not more than once in two seconds. */
	function check() {
		if ( Date.now() - askedAt < 2000 ) {
			return;
		}
		askedAt = Date.now();
		ask( 'state', {} ).then(
			function ( next ) {
				failures = 0;
				update( next );
			},
			function () {
				// A laptop that wakes up has no network for some seconds. Later, the heartbeat asks again.
				failures++;
				if ( failures < 6 ) {
					window.setTimeout( check, 3000 );
				}
			}
		);
	}

	function update( next ) {
		state = next;
		nonce = next.nonce || nonce;
		var key = next.kind + next.write;
		if ( ! next.kind || ( 'newer' === next.kind && next.write <= keep ) ) {
			if ( shown ) {
				view.hide();
			}
			shown = '';
			return;
		}
		if ( key !== shown ) {
			shown = key;
			view.show( next.message, [
				{ name: 'compare', label: strings.compare, onClick: compare },
				{ name: 'take', label: strings.take, onClick: take },
				{ name: 'keep', label: keepLabel(), onClick: keepMine },
			] );
		}
	}

	function keepLabel() {
		return 'conflict' === state.kind ? strings.keepSaved : strings.keep;
	}

	function take() {
		closeDialog();
		view.say( strings.taking );
		return ask( 'take', view.texts() ).then( function () {
			isLeaving = true;
			window.location.reload();
		}, fail );
	}

	function keepMine() {
		closeDialog();
		if ( 'newer' === state.kind ) {
			keep = state.write;
			shown = '';
			view.keep( keep );
			view.say( strings.keptLater );
			return;
		}
		return ask( 'keep', {} ).then( function ( next ) {
			update( next );
			view.say( strings.kept );
		}, fail );
	}

	function fail( error ) {
		// The notice comes back with the next answer.
		shown = '';
		view.say( error.message || strings.failed, true );
		askedAt = 0;
		window.setTimeout( check, 3000 );
	}

	function button( label, onClick, isPrimary ) {
		var made = document.createElement( 'button' );
		made.type = 'button';
		made.className = isPrimary ? 'button button-primary' : 'button';
		made.textContent = label;
		made.addEventListener( 'click', onClick );
		return made;
	}

	/** Both versions, side by side where there is room. The browser keeps the focus in it and gives it back. */
	function compare() {
		closeDialog();
		var dialog = document.createElement( 'dialog' );
		var heading = document.createElement( 'h2' );
		var body = document.createElement( 'div' );
		var hint = document.createElement( 'p' );
		var foot = document.createElement( 'div' );
		dialog.className = 'igny8-dialog';
		dialog.setAttribute( 'aria-labelledby', 'igny8-dialog-heading' );
		heading.id = 'igny8-dialog-heading';
		heading.textContent = strings.heading;
		body.className = 'igny8-comparison';
		body.tabIndex = 0;
		body.setAttribute( 'role', 'region' );
		body.setAttribute( 'aria-labelledby', heading.id );
		body.textContent = strings.comparing;
		hint.className = 'igny8-hint';
		hint.textContent = strings.hint;
		foot.className = 'igny8-buttons';
		foot.append( button( strings.take, take, true ), button( keepLabel(), keepMine ), button( strings.close, closeDialog ) );
		dialog.append( heading, body, hint, foot );
		dialog.addEventListener( 'close', function () {
			dialog.remove();
		} );
		document.body.append( dialog );
		dialog.showModal();
		ask( 'compare', Object.assign( { wide: window.innerWidth > 782 ? '1' : '' }, view.texts() ) ).then(
			function ( data ) {
				// Escaped by the server.
				body.innerHTML = data.html;
			},
			function ( error ) {
				body.textContent = error.message || strings.failed;
			}
		);
	}

	function closeDialog() {
		document.querySelectorAll( 'dialog.igny8-dialog' ).forEach( function ( dialog ) {
			dialog.close();
		} );
	}

	function blockView() {
		var data = window.wp.data;
		var editor = data.select( 'core/editor' );
		var notices = data.dispatch( 'core/notices' );
		var wasSaving = false;

		window.wp.apiFetch.use( function ( options, next ) {
			var path = ( options.path || '' ).replace( /^\/?/, '/' );
			var isOwn = facts.route && ( 0 === path.indexOf( facts.route + '?' ) || path === facts.route || 0 === path.indexOf( facts.route + '/autosaves' ) );
			if ( isOwn && options.data && ! ( options.data instanceof FormData ) && /^(POST|PUT|PATCH)$/i.test( options.method || '' ) ) {
				var told = {};
				told[ facts.field ] = { seen: facts.seen, keep: keep };
				options = Object.assign( {}, options, { data: Object.assign( {}, options.data, told ) } );
			}
			return next( options );
		} );
		data.subscribe( function () {
			var isSaving = editor.isSavingPost();
			if ( wasSaving && ! isSaving ) {
				askedAt = 0;
				check();
			}
			wasSaving = isSaving;
		} );

		return {
			texts: function () {
				return {
					title: editor.getEditedPostAttribute( 'title' ) || '',
					body: editor.getEditedPostContent() || '',
					excerpt: editor.getEditedPostAttribute( 'excerpt' ) || '',
				};
			},
			show: function ( message, actions ) {
				notices.createNotice( 'warning', message, { id: 'igny8', isDismissible: false, actions: actions } );
			},
			say: function ( message, isError ) {
				notices.createNotice( isError ? 'error' : 'info', message, { id: 'igny8', isDismissible: true } );
			},
			hide: function () {
				notices.removeNotice( 'igny8' );
			},
			keep: function () {},
		};
	}

	function classicView() {
		var notice = document.createElement( 'div' );
		notice.className = 'notice igny8-notice';
		notice.setAttribute( 'role', 'region' );
		notice.setAttribute( 'aria-label', strings.region );

		function fill( message, kind, actions ) {
			var text = document.createElement( 'p' );
			var foot = document.createElement( 'p' );
			text.textContent = message;
			foot.className = 'igny8-buttons';
			actions.forEach( function ( action ) {
				foot.append( button( action.label, action.onClick ) );
			} );
			notice.className = 'notice igny8-notice notice-' + kind;
			notice.replaceChildren( text );
			if ( actions.length ) {
				notice.append( foot );
			}
			if ( ! notice.isConnected ) {
				var mark = document.querySelector( '.wp-header-end' ) || document.querySelector( '#wpbody-content .wrap > h1' );
				mark.after( notice );
			}
			window.wp.a11y.speak( message, 'assertive' );
		}

		return {
			texts: function () {
				var rich = window.tinymce && window.tinymce.get( 'content' );
				if ( rich && ! rich.isHidden() ) {
					rich.save();
				}
				var value = function ( id ) {
					var field = document.getElementById( id );
					return field ? field.value : '';
				};
				return { title: value( 'title' ), body: value( 'content' ), excerpt: value( 'excerpt' ) };
			},
			show: function ( message, actions ) {
				fill( message, 'warning', actions );
			},
			say: function ( message, isError ) {
				fill( message, isError ? 'error' : 'info', [] );
			},
			hide: function () {
				notice.remove();
			},
			keep: function ( write ) {
				document.querySelectorAll( 'input[name="' + facts.field + '[keep]"]' ).forEach( function ( field ) {
					field.value = String( write );
				} );
			},
		};
	}

	$( document ).on( 'heartbeat-send', function ( event, data ) {
		data[ facts.field ] = { post: facts.post, seen: facts.seen, keep: keep };
	} );
	$( document ).on( 'heartbeat-tick', function ( event, data ) {
		if ( data[ facts.field ] ) {
			update( data[ facts.field ] );
		}
	} );
	document.addEventListener( 'visibilitychange', function () {
		if ( ! document.hidden ) {
			check();
		}
	} );
	window.addEventListener( 'focus', check );
	window.addEventListener( 'online', check );
	window.addEventListener( 'pageshow', function ( event ) {
		if ( event.persisted ) {
			check();
		}
	} );
	$( function () {
		update( state );
	} );
} )( window.jQuery, window.igny8Editor );
