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
