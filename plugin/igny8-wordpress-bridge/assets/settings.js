/**
 * Says what happens while a form is on its way, and keeps it from being sent twice. The page works without it.
 */
( function () {
	'use strict';

	document.querySelectorAll( 'form[data-igny8-action]' ).forEach( function ( form ) {
		form.addEventListener( 'submit', function ( event ) {
			if ( form.dataset.igny8Sent ) {
				event.preventDefault();
				return;
			}
			form.dataset.igny8Sent = '1';

			var button = form.querySelector( 'button[type="submit"]' );
			var busy = form.querySelector( '[data-igny8-busy]' );
			button.setAttribute( 'aria-disabled', 'true' );
			button.classList.add( 'disabled' );
			if ( busy ) {
				busy.textContent = busy.dataset.igny8Busy;
			}
		} );
	} );

	// A page that the browser kept must not refuse its forms.
	window.addEventListener( 'pageshow', function ( event ) {
		if ( event.persisted ) {
			window.location.reload();
		}
	} );
} )();

/**
 * Follows the sync under way. Without it, the bar shows the moment at which the page was made.
 */
( function () {
	'use strict';

	var EVERY_MS = 2000;
	var box = document.querySelector( '[data-igny8-progress]' );
	if ( ! box || ! window.fetch ) {
		return;
	}
	var bar = box.querySelector( 'progress' );
	var words = box.querySelector( 'p' );
	var body = new URLSearchParams( { action: 'igny8_sync_progress', _ajax_nonce: box.dataset.igny8Nonce } );

	function show( now ) {
		bar.max = now.total;
		bar.value = now.is_running ? now.done : now.total;
		if ( words.textContent !== now.text ) {
			words.textContent = now.text;
		}
		box.dataset.igny8Running = now.is_running ? '1' : '';
		return now.is_running;
	}

	// The table beside the bar says when the sync ended, too.
	function showFacts() {
		var facts = document.querySelector( '.igny8-facts' );
		window
			.fetch( window.location.href, { credentials: 'same-origin' } )
			.then( function ( answer ) {
				return answer.text();
			} )
			.then( function ( html ) {
				var fresh = new DOMParser().parseFromString( html, 'text/html' ).querySelector( '.igny8-facts' );
				if ( fresh && facts ) {
					facts.replaceWith( fresh );
				}
			} )
			.catch( function () {} );
	}

	function ask() {
		if ( document.hidden ) {
			window.setTimeout( ask, EVERY_MS );
			return;
		}
		window
			.fetch( box.dataset.igny8Progress, { method: 'POST', body: body, credentials: 'same-origin' } )
			.then( function ( answer ) {
				return answer.ok ? answer.json() : null;
			} )
			.then( function ( answer ) {
				// an answer of a signed-out session ends it
				var goesOn = answer !== null && show( answer.data );
				if ( answer !== null && ! goesOn ) {
					showFacts();
				}
				return goesOn;
			} )
			.catch( function () {
				return true;
			} )
			.then( function ( goesOn ) {
				if ( goesOn ) {
					window.setTimeout( ask, EVERY_MS );
				}
			} );
	}

	window.setTimeout( ask, EVERY_MS / 2 );
} )();
